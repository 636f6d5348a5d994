//! What the demo's shops sell.

use serde::Deserialize;
use souk_testkit::{
    Failed, NewProduct, NewSku, Result,
    pictures::{Kind, Rgb},
};

/// A shop with its goods.
#[derive(Debug, Deserialize)]
pub(crate) struct Range {
    pub(crate) shop: String,
    pub(crate) seller: String,
    pub(crate) goods: Vec<Good>,
}

/// A product as the list has it.
#[derive(Debug, Deserialize)]
pub(crate) struct Good {
    pub(crate) title: String,
    description: String,
    kind: Kind,
    /// In cents.
    price: i64,
    /// In cents.
    sale: Option<i64>,
    /// Name and CSS colour.
    colours: Vec<(String, String)>,
    #[serde(default)]
    sizes: Vec<String>,
    /// By size where there are sizes, by colour otherwise.
    stock: Vec<u32>,
}

/// Every shop of the demo.
pub(crate) fn ranges() -> Result<Vec<Range>> {
    Ok(serde_json::from_str(include_str!("goods.json"))?)
}

impl Good {
    /// The product as a seller creates it.
    pub(crate) fn product(&self, pictures: &[String]) -> NewProduct {
        let product = NewProduct::new(&self.title, self.price, self.skus());
        let product = product.description(&self.description).pictures(pictures);
        match self.sale {
            Some(cents) => product.sale_price(cents),
            None => product,
        }
    }

    fn skus(&self) -> Vec<NewSku> {
        let colours = self.colours.iter().map(|(name, _)| name);
        if self.sizes.is_empty() {
            return colours.zip(&self.stock).map(|(colour, stock)| NewSku::new(*stock).colour(colour)).collect();
        }
        let sized = |(size, stock): (&String, &u32)| NewSku::new(*stock).size(size);
        let of_colour = |colour| self.sizes.iter().zip(&self.stock).map(sized).map(move |sku| sku.colour(colour));
        colours.map(String::as_str).flat_map(of_colour).collect()
    }

    /// What a picture of it shows: the thing in its first colour.
    pub(crate) fn motif(&self) -> Result<(Kind, Rgb)> {
        let css = self.colours.first().map(|(_, css)| css.as_str()).unwrap_or_default();
        Ok((self.kind, rgb(css).ok_or_else(|| Failed::new(format!("{} has no colour like #rrggbb", self.title)))?))
    }
}

fn rgb(css: &str) -> Option<Rgb> {
    let digits = css.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    Some(Rgb(part(0)?, part(2)?, part(4)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_three_shops_with_forty_products_each_with_a_motif_and_stock_for_every_variant() {
        let ranges = ranges().unwrap();
        assert_eq!(ranges.len(), 3);
        assert!(ranges.iter().map(|range| range.goods.len()).sum::<usize>() >= 40);
        for good in ranges.iter().flat_map(|range| &range.goods) {
            good.motif().unwrap();
            let variants = if good.sizes.is_empty() { good.colours.len() } else { good.sizes.len() };
            assert_eq!(good.stock.len(), variants, "{}", good.title);
            assert!(good.sale.is_none_or(|sale| sale < good.price), "{}", good.title);
        }
    }

    #[test]
    fn some_goods_are_on_sale_and_one_is_sold_out() {
        let ranges = ranges().unwrap();
        let goods = || ranges.iter().flat_map(|range| &range.goods);
        assert!(goods().filter(|good| good.sale.is_some()).count() >= 5);
        assert_eq!(goods().filter(|good| good.stock.iter().all(|stock| *stock == 0)).count(), 1);
    }
}
