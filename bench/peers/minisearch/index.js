// MiniSearch, fuzzy, with prefixes: node index.js CATALOGUE UNUSED AND|OR ROUNDS. Uses the protocol of peers/common.py.
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import MiniSearch from "minisearch";

const [catalogue, , operator, rounds] = process.argv.slice(2);
const FACETS = ["category", "subcategory", "brand", "shop", "colours"];
const STORED = [...FACETS, "tags", "price", "rating", "in_stock", "card"];
const OPTIONS = {
  fields: ["title", "names", "text"],
  storeFields: STORED,
  searchOptions: { boost: { title: 3, names: 1.5 }, fuzzy: 0.2, prefix: true, combineWith: operator },
};

const say = (values) => console.log(JSON.stringify(values));
const residentKib = () => Math.round(process.resourceUsage().maxRSS);
const since = (begun) => Math.round((performance.now() - begun) * 1000);

const fits = (filters) => (found) =>
  (!filters.price || (found.price >= filters.price[0] && found.price <= filters.price[1])) &&
  (!filters.min_rating || found.rating >= filters.min_rating) &&
  (!filters.in_stock || found.in_stock) &&
  (!filters.colours || found.colours.some((colour) => filters.colours.includes(colour))) &&
  (!filters.tags || found.tags.some((tag) => filters.tags.includes(tag)));

const count = (found) => {
  for (const facet of FACETS) {
    const counts = new Map();
    for (const one of found) {
      for (const value of [one[facet]].flat()) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
  }
};

const ask = (search, { text, filters, facets }) => {
  const found = search.search(text ?? MiniSearch.wildcard, { filter: filters && fits(filters) });
  if (facets) count(found);
  return found.slice(0, 20).map((one) => one.id);
};

let begun = performance.now();
let search = new MiniSearch(OPTIONS);
for await (const line of createInterface({ input: createReadStream(catalogue) })) {
  const product = JSON.parse(line);
  if (product.listed === false) continue;
  const { brand, tags, keywords, category_names, summary, description, attributes } = product;
  product.names = [brand, ...tags, ...keywords, ...category_names].join(" ");
  product.text = [summary, description, ...attributes].join(" ");
  search.add(product);
}
const stored = JSON.stringify(search);
say({ us: since(begun), bytes: stored.length });

begun = performance.now();
search = MiniSearch.loadJSON(stored, OPTIONS);
ask(search, { text: "stoneware mug", facets: true });
say({ first_us: since(begun) });

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  const us = [];
  let ids = [];
  for (let round = 0; round < Number(rounds); round += 1) {
    begun = performance.now();
    ids = ask(search, question);
    us.push(since(begun));
  }
  say({ us, answer: { ids }, resident_kib: residentKib() });
}
