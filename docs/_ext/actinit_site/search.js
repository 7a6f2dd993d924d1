// An entry's own page comes before the functions that bear its name and the pages that mention it.
// The other scores are Sphinx's own, all of which have to be given with the first.
var Scorer = {
  score: ([page, , anchor, , score]) =>
    score + (/^(activations|initializers|layers)\//.test(page) && !anchor ? 20 : 0),
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
}
