//! The products of the demo's shops. The 500 products are derived from the files in `goods/` alone, so they are always
//! the same.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use souk_testkit::{
    Failed, NewProduct, NewSku, Result, euros,
    pictures::{Kind, Rgb},
};

/// A shop with its products.
#[derive(Debug, Deserialize)]
pub(crate) struct DemoShop {
    pub(crate) shop: String,
    pub(crate) seller: String,
    category: String,
    bio: String,
    pub(crate) lines: Vec<ProductLine>,
}

/// Products with much in common. They share their pictures.
#[derive(Debug, Deserialize)]
pub(crate) struct ProductLine {
    kind: Kind,
    /// The category and subcategory: `garden/pots`.
    #[serde(rename = "in")]
    category: String,
    /// The price of the first product, in cents.
    cents: i64,
    colours: Vec<String>,
    #[serde(default)]
    sizes: Sizes,
    tags: Vec<String>,
    text: String,
    facts: BTreeMap<String, String>,
    /// A question and its answer.
    ask: Option<(String, String)>,
    /// The products, each as a title and a sentence: `Mug | For tea.`
    #[serde(rename = "goods")]
    products: Vec<String>,
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

/// A product, with its position in its line and among all products.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DemoProduct<'a> {
    shop: &'a DemoShop,
    line: &'a ProductLine,
    position: usize,
    number: usize,
}

/// Returns every shop of the demo.
pub(crate) fn shops() -> Result<Vec<DemoShop>> {
    let parts = [
        include_str!("goods/home.json"),
        include_str!("goods/wear.json"),
        include_str!("goods/leisure.json"),
        include_str!("goods/table.json"),
    ];
    let shops =
        parts.into_iter().map(serde_json::from_str::<Vec<DemoShop>>).collect::<std::result::Result<Vec<_>, _>>()?;
    Ok(shops.into_iter().flatten().collect())
}

impl DemoShop {
    /// Returns the body that creates the shop.
    pub(crate) fn form(&self) -> Value {
        json!({ "name": self.shop, "bio": self.bio, "category": self.category })
    }

    /// Returns the shop's settings. Shops with long names ship only within Europe.
    pub(crate) fn settings(&self) -> Value {
        let within_europe = self.shop.chars().count() > 16;
        let countries = within_europe.then_some(["DE", "AT", "CH", "FR", "IT", "NL", "PL", "ES"]);
        json!({
            "low_stock": 5,
            "shipping": {
                "countries": countries,
                "rate": euros(490),
                "free_above": euros(7_500),
                "dispatch_days": { "from": 1, "to": 3 },
            },
            "tax": { "rate": 1_900, "categories": [{ "category": "books", "rate": 700 }] },
        })
    }
}

impl ProductLine {
    /// Returns what the line's pictures show: the object in its first colour and, for every second line, in its second
    /// colour too.
    pub(crate) fn motifs(&self, number: usize) -> Result<Vec<(Kind, Rgb)>> {
        let palette: BTreeMap<String, String> = serde_json::from_str(include_str!("goods/colours.json"))?;
        let colours = self.colours.iter().take(1 + number % 2);
        let rgb = |name: &String| palette.get(name).and_then(|css| rgb(css));
        colours
            .map(|name| Ok((self.kind, rgb(name).ok_or_else(|| Failed::new(format!("{name} is not a colour")))?)))
            .collect()
    }

    /// Returns the line's products. `number` is the number of the first.
    pub(crate) fn products<'a>(&'a self, shop: &'a DemoShop, number: usize) -> impl Iterator<Item = DemoProduct<'a>> {
        (0..self.products.len()).map(move |position| DemoProduct {
            shop,
            line: self,
            position,
            number: number + position,
        })
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

impl DemoProduct<'_> {
    fn words(&self) -> (&str, &str) {
        let words = self.line.products.get(self.position).and_then(|words| words.split_once(" | "));
        words.unwrap_or_default()
    }

    pub(crate) fn title(&self) -> &str {
        self.words().0
    }

    /// Returns the price in cents. Each product costs a little more than the one before it.
    fn price(&self) -> i64 {
        let step = i64::try_from(self.position).unwrap_or_default();
        (self.line.cents + self.line.cents * step / 8) / 10 * 10
    }

    fn sale(&self) -> Option<i64> {
        (self.number % 7 == 3).then(|| self.price() * 4 / 5 / 10 * 10)
    }

    /// Returns the offer price in cents, if the product has an offer. It is lower than any sale price.
    pub(crate) fn offer(&self) -> Option<i64> {
        (self.number % 13 == 5).then(|| self.price() * 7 / 10 / 10 * 10)
    }

    /// Returns the product as a seller creates it, with a picture of its line.
    pub(crate) fn product(&self, pictures: &[String]) -> NewProduct {
        let Self { shop, line, number, .. } = self;
        let (title, note) = self.words();
        let (category, part) = line.category.split_once('/').unwrap_or_default();
        let picture = pictures.get(self.position % pictures.len().max(1)).cloned();
        let facts: Vec<Value> =
            line.facts.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        let faq = line.ask.iter().map(|(question, answer)| json!({ "question": question, "answer": answer }));
        let product = NewProduct::new(title, self.price(), self.skus())
            .category(category)
            .description(&self.description())
            .pictures(picture.as_slice())
            .with("subcategory", part.into())
            .with("summary", note.into())
            .with("brand", shop.shop.as_str().into())
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

    /// Returns the SKUs: from one colour to all of them, each in every size. The colour of the picture is first.
    fn skus(&self) -> Vec<NewSku> {
        let colours = &self.line.colours;
        let shown =
            colours.iter().cycle().skip(self.position % self.picture_count()).take(1 + self.number % colours.len());
        let sizes = self.line.sizes.names();
        let mut skus = Vec::new();
        for colour in shown {
            // A product without sizes has one SKU per colour.
            for position in 0..sizes.len().max(1) {
                let sku = NewSku::new(self.stock(skus.len())).colour(colour);
                skus.push(match sizes.get(position) {
                    Some(&"XXL") => sku.size("XXL").price(self.price() * 11 / 10),
                    Some(size) => sku.size(size),
                    None => sku,
                });
            }
        }
        skus
    }

    /// Returns how many pictures the product's line has.
    fn picture_count(&self) -> usize {
        self.line.colours.len().min(1 + (self.number - self.position) / 5 % 2)
    }

    /// Returns the stock: 1 to 40 pieces, and 0 for all SKUs of a few products.
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

    fn every(shops: &[DemoShop]) -> impl Iterator<Item = (usize, DemoProduct<'_>)> {
        let lines = shops.iter().flat_map(|shop| shop.lines.iter().map(move |line| (shop, line)));
        lines.enumerate().flat_map(|(n, (shop, line))| line.products(shop, n * 5).map(move |product| (n, product)))
    }

    #[test]
    fn twenty_shops_have_five_hundred_products_with_pictures_in_their_colours() {
        let shops = shops().unwrap();
        assert_eq!((shops.len(), every(&shops).count()), (20, 500));
        let first_names: BTreeSet<&str> = shops.iter().filter_map(|shop| shop.seller.split(' ').next()).collect();
        assert_eq!(first_names.len(), 20, "the first names are unique, because the accounts' addresses use them");
        for (line, product) in every(&shops) {
            let pictures: Vec<String> =
                product.line.motifs(line).unwrap().iter().map(|motif| format!("{motif:?}")).collect();
            assert_eq!(product.picture_count(), pictures.len(), "{}", product.title());
            let body = product.product(&pictures).0;
            assert_eq!(body["pictures"], json!([pictures[product.position % pictures.len()]]));
            assert_eq!(body["skus"][0]["colour"], json!(product.line.colours[product.position % pictures.len()]));
        }
    }

    #[test]
    fn some_products_have_sales_offers_and_variants_and_a_few_are_sold_out() {
        let shops = shops().unwrap();
        let products: Vec<DemoProduct<'_>> = every(&shops).map(|(_, product)| product).collect();
        let count = |matches: fn(&DemoProduct<'_>) -> bool| products.iter().filter(|product| matches(product)).count();
        assert!(count(|product| product.sale().is_some()) > 60);
        assert!(count(|product| product.offer().is_some()) > 30);
        assert!(count(|product| product.skus().len() > 3) > 50);
        assert!((3..9).contains(&count(|product| product.stock(0) == 0)));
        assert!(
            products
                .iter()
                .all(|product| product.offer().is_none_or(|offer| product.sale().is_none_or(|sale| offer < sale)))
        );
        assert!(products.iter().all(|product| product.skus().len() <= 15));
    }
}
