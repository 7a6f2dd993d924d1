/* A harness of actinit in C: a template.

       cc -O2 -o harness harness.c -lm
       actinit check --command ./harness -k "tanh or leaky_relu"

   The protocol is told in docs/guide/harness.md. To make it yours: the HELLO says what you offer, and
   compute() calls it. Numbers are copied as they lie in memory, which is for little-endian machines. */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HELLO                                                                       \
    "{\"id\": %ld, \"protocol\": 1, \"name\": \"my-kernels\","                      \
    " \"versions\": {\"my-kernels\": \"1.0\"}, \"functions\": {"                    \
    "\"tanh\": {\"parts\": [\"value\", \"vjp\"], \"formats\": [\"float32\"]},"      \
    " \"leaky_relu\": {\"parts\": [\"value\"], \"formats\": [\"float32\"],"         \
    " \"parameters\": [\"negative_slope\"]}}}\n"

/* What follows a key of the request; a request is written with one space after each colon. */
static const char *after(const char *line, const char *key) {
    char quoted[64];
    snprintf(quoted, sizeof quoted, "\"%s\": ", key);
    const char *at = strstr(line, quoted);
    return at ? at + strlen(quoted) : NULL;
}

static int is(const char *line, const char *key, const char *word) {
    const char *at = after(line, key);
    size_t length = strlen(word);
    return at && at[0] == '"' && !strncmp(at + 1, word, length) && at[length + 1] == '"';
}

/* The numbers y of x; of a vjp, those of the upstream gradient u times the derivative. */
static const char *compute(const char *line, size_t count, const float *x, const float *u, float *y) {
    if (is(line, "function", "tanh") && is(line, "ask", "value")) {
        for (size_t i = 0; i < count; i++) y[i] = tanhf(x[i]);
        return NULL;
    }
    if (is(line, "function", "tanh") && is(line, "ask", "vjp")) {
        for (size_t i = 0; i < count; i++) {
            float t = tanhf(x[i]);
            y[i] = u[i] * (1 - t * t);
        }
        return NULL;
    }
    if (is(line, "function", "leaky_relu") && is(line, "ask", "value")) {
        const char *stated = after(line, "negative_slope"); /* or the default of your own */
        double slope = stated ? strtod(stated, NULL) : 0.01;
        for (size_t i = 0; i < count; i++) y[i] = x[i] < 0 ? (float)(slope * x[i]) : x[i];
        return NULL;
    }
    return "no such function";
}

int main(void) {
    static char line[65536];
    while (fgets(line, sizeof line, stdin)) {
        const char *at = after(line, "id");
        long id = at ? strtol(at, NULL, 10) : 0;
        if (is(line, "ask", "hello")) {
            printf(HELLO, id);
            fflush(stdout);
            continue;
        }
        /* The lengths of the buffers that follow: of x, and for a vjp of the upstream gradient. */
        at = after(line, "bytes");
        char *next = NULL;
        size_t bytes = at ? strtoul(at + 1, &next, 10) : 0;
        size_t others = next && *next == ',' ? strtoul(next + 1, NULL, 10) : 0;
        float *x = malloc(bytes + others + 1), *y = malloc(bytes + 1);
        if (!x || !y || fread(x, 1, bytes + others, stdin) != bytes + others) return 1;
        const char *error = compute(line, bytes / sizeof *x, x, x + bytes / sizeof *x, y);
        if (error) {
            printf("{\"id\": %ld, \"error\": \"%s\"}\n", id, error);
        } else {
            printf("{\"id\": %ld, \"format\": \"float32\", \"bytes\": %zu}\n", id, bytes);
            fwrite(y, 1, bytes, stdout);
        }
        fflush(stdout);
        free(x);
        free(y);
    }
    return 0;
}
