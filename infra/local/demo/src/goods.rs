//! What the demo's shops sell: 500 products, made of what stands in `goods/` and nothing else, so they are the same ones
//! every time.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use souk_testkit::{
    Failed, NewProduct, NewSku, Result,
    pictures::{Kind, Rgb},
};

/// A shop with what it sells.
#[derive(Debug, Deserialize)]
pub(crate) struct Range {
    pub(crate) shop: String,
    pub(crate) seller: String,
    category: String,
    bio: String,
    pub(crate) lines: Vec<Line>,
}

/// Goods that have much in common, and share their pictures.
#[derive(Debug, Deserialize)]
pub(crate) struct Line {
    kind: Kind,
    /// Category and part: `garden/pots`.
    #[serde(rename = "in")]
    place: String,
    /// What the first of them costs.
    cents: i64,
    colours: Vec<String>,
    #[serde(default)]
    sizes: Sizes,
    tags: Vec<String>,
    text: String,
    facts: BTreeMap<String, String>,
    /// A question and its answer.
    ask: Option<(String, String)>,
    /// Each a title and a sentence: `Mug | For tea.`
    goods: Vec<String>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Sizes {
    #[default]
    One,
    Clothes,
    Wide,
    Shoes,
    Rings,
}

/// A product, by its place in its line and among all of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Good<'a> {
    range: &'a Range,
    line: &'a Line,
    place: usize,
    number: usize,
}

/// Every shop of the demo.
pub(crate) fn ranges() -> Result<Vec<Range>> {
    let parts = [
        include_str!("goods/home.json"),
        include_str!("goods/wear.json"),
        include_str!("goods/leisure.json"),
        include_str!("goods/table.json"),
    ];
    let ranges =
        parts.into_iter().map(serde_json::from_str::<Vec<Range>>).collect::<std::result::Result<Vec<_>, _>>()?;
    Ok(ranges.into_iter().flatten().collect())
}

impl Range {
    /// The shop as its seller opens it.
    pub(crate) fn form(&self) -> Value {
        json!({ "name": self.shop, "bio": self.bio, "category": self.category })
    }
}

impl Line {
    /// What its pictures show: the thing in its first colour, and for every other line in its second colour, too.
    pub(crate) fn motifs(&self, number: usize) -> Result<Vec<(Kind, Rgb)>> {
        let palette: BTreeMap<String, String> = serde_json::from_str(include_str!("goods/colours.json"))?;
        let colours = self.colours.iter().take(1 + number % 2);
        let rgb = |name: &String| palette.get(name).and_then(|css| rgb(css));
        colours
            .map(|name| Ok((self.kind, rgb(name).ok_or_else(|| Failed::new(format!("{name} is no colour")))?)))
            .collect()
    }

    /// Its goods. `number` is that of the first.
    pub(crate) fn goods<'a>(&'a self, range: &'a Range, number: usize) -> impl Iterator<Item = Good<'a>> {
        (0..self.goods.len()).map(move |place| Good { range, line: self, place, number: number + place })
    }
}

impl Sizes {
    const fn names(self) -> &'static [&'static str] {
        match self {
            Self::One => &[],
            Self::Clothes => &["S", "M", "L", "XL"],
            Self::Wide => &["S", "M", "L", "XL", "XXL"],
            Self::Shoes => &["38", "40", "42", "44"],
            Self::Rings => &["50", "54", "58"],
        }
    }
}

impl Good<'_> {
    fn words(&self) -> (&str, &str) {
        let words = self.line.goods.get(self.place).and_then(|words| words.split_once(" | "));
        words.unwrap_or_default()
    }

    pub(crate) fn title(&self) -> &str {
        self.words().0
    }

    /// In cents. Each costs a little more than the one before it.
    fn price(&self) -> i64 {
        let step = i64::try_from(self.place).unwrap_or_default();
        (self.line.cents + self.line.cents * step / 8) / 10 * 10
    }

    fn sale(&self) -> Option<i64> {
        (self.number % 7 == 3).then(|| self.price() * 4 / 5 / 10 * 10)
    }

    /// What it costs for some days, in cents; lower than any sale.
    pub(crate) fn offer(&self) -> Option<i64> {
        (self.number % 13 == 5).then(|| self.price() * 7 / 10 / 10 * 10)
    }

    /// The product as a seller creates it, with the pictures of its line.
    pub(crate) fn product(&self, pictures: &[String]) -> NewProduct {
        let Self { range, line, number, .. } = self;
        let (title, note) = self.words();
        let (category, part) = line.place.split_once('/').unwrap_or_default();
        let picture = pictures.get(self.place % pictures.len().max(1)).cloned();
        let facts: Vec<Value> =
            line.facts.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        let faq = line.ask.iter().map(|(question, answer)| json!({ "question": question, "answer": answer }));
        let product = NewProduct::new(title, self.price(), self.skus())
            .category(category)
            .description(&self.description())
            .pictures(picture.as_slice())
            .with("subcategory", part.into())
            .with("summary", note.into())
            .with("brand", range.shop.as_str().into())
            .with("tags", json!(line.tags))
            .with("specifications", facts.into())
            .with("faq", faq.collect())
            .with("cash_on_delivery", (number % 3 == 0).into());
        let product = if number % 4 == 0 { product.with("warranty", "2 years".into()) } else { product };
        match self.sale() {
            Some(cents) => product.sale_price(cents),
            None => product,
        }
    }

    fn description(&self) -> String {
        let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
        let facts =
            self.line.facts.iter().map(|(name, value)| format!("<li>{}: {}</li>", escaped(name), escaped(value)));
        let (note, text) = (escaped(self.words().1), escaped(&self.line.text));
        format!("<p>{note}</p><p>{text}</p><ul>{}</ul>", facts.collect::<String>())
    }

    /// From one colour to all of them, each in every size. The colour that the picture shows comes first.
    fn skus(&self) -> Vec<NewSku> {
        let colours = &self.line.colours;
        let shown = colours.iter().cycle().skip(self.place % self.looks()).take(1 + self.number % colours.len());
        let sizes = self.line.sizes.names();
        let mut skus = Vec::new();
        for colour in shown {
            // One of no size, or one of each.
            for place in 0..sizes.len().max(1) {
                let sku = NewSku::new(self.stock(skus.len())).colour(colour);
                skus.push(match sizes.get(place) {
                    Some(&"XXL") => sku.size("XXL").price(self.price() * 11 / 10),
                    Some(size) => sku.size(size),
                    None => sku,
                });
            }
        }
        skus
    }

    /// How many pictures its line has.
    fn looks(&self) -> usize {
        self.line.colours.len().min(1 + (self.number - self.place) / 5 % 2)
    }

    /// Mostly some, seldom few, and of some products none at all.
    fn stock(&self, sku: usize) -> u32 {
        if self.number % 83 == 41 {
            return 0;
        }
        u32::try_from((self.number * 7 + sku * 11) % 40).unwrap_or_default() + 1
    }
}

fn rgb(css: &str) -> Option<Rgb> {
    let digits = css.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    Some(Rgb(part(0)?, part(2)?, part(4)?))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn every(ranges: &[Range]) -> impl Iterator<Item = (usize, Good<'_>)> {
        let lines = ranges.iter().flat_map(|range| range.lines.iter().map(move |line| (range, line)));
        lines.enumerate().flat_map(|(n, (range, line))| line.goods(range, n * 5).map(move |good| (n, good)))
    }

    #[test]
    fn there_are_five_hundred_products_in_twenty_shops_each_with_a_picture_in_its_colour() {
        let ranges = ranges().unwrap();
        assert_eq!((ranges.len(), every(&ranges).count()), (20, 500));
        let first_names: BTreeSet<&str> = ranges.iter().filter_map(|range| range.seller.split(' ').next()).collect();
        assert_eq!(first_names.len(), 20, "accounts are named by first names");
        for (line, good) in every(&ranges) {
            let pictures: Vec<String> =
                good.line.motifs(line).unwrap().iter().map(|motif| format!("{motif:?}")).collect();
            assert_eq!(good.looks(), pictures.len(), "{}", good.title());
            let product = good.product(&pictures).0;
            assert_eq!(product["pictures"], json!([pictures[good.place % pictures.len()]]));
            assert_eq!(product["skus"][0]["colour"], json!(good.line.colours[good.place % pictures.len()]));
        }
    }

    #[test]
    fn there_are_sales_offers_variants_and_a_few_things_sold_out() {
        let ranges = ranges().unwrap();
        let goods: Vec<Good<'_>> = every(&ranges).map(|(_, good)| good).collect();
        let count = |of: fn(&Good<'_>) -> bool| goods.iter().filter(|good| of(good)).count();
        assert!(count(|good| good.sale().is_some()) > 60);
        assert!(count(|good| good.offer().is_some()) > 30);
        assert!(count(|good| good.skus().len() > 3) > 50);
        assert!((3..9).contains(&count(|good| good.stock(0) == 0)));
        assert!(goods.iter().all(|good| good.offer().is_none_or(|offer| good.sale().is_none_or(|sale| offer < sale))));
        assert!(goods.iter().all(|good| good.skus().len() <= 15));
    }
}
