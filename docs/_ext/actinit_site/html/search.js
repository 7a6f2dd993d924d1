// The page of an entry that bears the word comes first, before the functions of that name. Where a
// word is only mentioned, as "kaiming" is, activations and initializers come before other pages.
// The other scores are Sphinx's own, all of which have to be given with the first.
var Scorer = {
  score: ([page, , anchor, , score]) => {
    const [, family] = page.match(/^(activation|initializer|layer)s\//) ?? []
    if (!family || anchor) return score
    if (score >= Scorer.partialTitle) return score + 20
    return family === "layer" ? score : score + 1
  },
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
}
