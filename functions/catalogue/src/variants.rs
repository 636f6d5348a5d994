//! What an edit does to a product's variants.

use souk_domain::{
    Money, SkuId, Stock,
    catalogue::{Colour, Size, SkuCode},
};
use souk_listing::{Draft, DraftSku, Findings, Options, Price};
use souk_store_catalogue::products::{Sku, SkuEdits, Whole};
use souk_web::{Deserr, FieldErrors, JsonSchema};

/// A variant of an edited product: one that it has, or a new one.
#[derive(Debug, Clone, PartialEq, Eq, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct EditedSku {
    /// Which variant of the product's it is; none if it is new.
    #[deserr(default)]
    id: Option<SkuId>,
    /// The seller's own name for it.
    #[deserr(default)]
    code: Option<SkuCode>,
    /// Its colour.
    #[deserr(default)]
    colour: Option<Colour>,
    /// Its size.
    #[deserr(default)]
    size: Option<Size>,
    /// Its own price; it takes no part in its product's sale and offer then.
    #[deserr(default)]
    price: Option<Price>,
    /// How many there are of a new one. Of others it is changed by a stock change.
    #[deserr(default)]
    stock: Option<Stock>,
}

/// What an edit does, and what comes of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) edits: SkuEdits,
    /// The variants by number, as they are after it.
    pub(crate) skus: Vec<Sku>,
    /// The highest number that a variant ever had.
    pub(crate) last_sku: u16,
}

/// The highest number that a variant can have.
const LAST_NUMBER: usize = 999;

/// Compares what a product has with what it shall have, in a shop where so many pieces are few. The plan is good when nothing
/// was found.
pub(crate) fn plan(draft: &Draft<EditedSku>, before: &Whole, few: Stock, findings: &mut Findings) -> Plan {
    let mut plan = Plan { last_sku: before.product.last_sku, ..Plan::default() };
    let mut new: Vec<DraftSku> = Vec::new();
    for (n, sku) in draft.skus.iter().enumerate() {
        let at = |field: &str| format!("/skus/{n}/{field}");
        if let Some(price) = sku.price {
            findings.price(&at("price"), price);
        }
        match (sku.id, sku.stock) {
            (None, Some(stock)) => new.push(sku.with_stock(stock)),
            (None, None) => findings.wrong(at("stock"), "missing", "is required of a new variant"),
            (Some(_), Some(_)) => findings.wrong(at("stock"), "not_here", "is changed by a stock change"),
            (Some(id), None) if draft.skus.iter().take(n).any(|other| other.id == Some(id)) => {
                findings.wrong(at("id"), "duplicate", "is named before");
            }
            (Some(id), None) => match before.skus.iter().find(|there| there.id == id) {
                Some(there) => plan.skus.push(sku.over(there)),
                None => findings.wrong(at("id"), "not_found", "is not a variant of this product"),
            },
        }
    }
    let named: Vec<Options<'_>> = draft.skus.iter().map(EditedSku::options).collect();
    let mut more = Vec::new();
    if let Some(matrix) = &draft.matrix {
        findings.matrix(matrix);
        more = matrix.beside(&named);
    }
    findings.variants(&named.iter().copied().chain(more.iter().map(DraftSku::options)).collect::<Vec<_>>());
    new.append(&mut more);

    plan.edits.changed = plan.skus.iter().filter(|sku| !before.skus.contains(sku)).cloned().collect();
    let stays = |sku: &&Sku| plan.skus.iter().any(|kept| kept.id == sku.id);
    plan.edits.removed = before.skus.iter().filter(|sku| !stays(sku)).map(|sku| sku.id).collect();
    if usize::from(plan.last_sku) + new.len() > LAST_NUMBER {
        findings.wrong(
            "/skus",
            "exhausted",
            format!("no product can have more than {LAST_NUMBER} variants in its life"),
        );
        return plan;
    }
    for sku in new {
        plan.last_sku += 1;
        plan.edits.added.push(sku.numbered(before.product.id, plan.last_sku, few));
    }
    plan.skus.extend(plan.edits.added.iter().cloned());
    plan.skus.sort_by_key(|sku| sku.id.number);
    if plan.edits.count() > SkuEdits::MAX {
        let detail = format!("must not change more than {} variants at once", SkuEdits::MAX);
        findings.wrong("/skus", "too_many_changes", detail);
    }
    plan
}

impl EditedSku {
    fn options(&self) -> Options<'_> {
        (self.colour.as_ref(), self.size.as_ref())
    }

    fn with_stock(&self, stock: Stock) -> DraftSku {
        DraftSku {
            code: self.code.clone(),
            colour: self.colour.clone(),
            size: self.size.clone(),
            price: self.price,
            stock,
        }
    }

    /// The variant that is there, with what the seller says of it now.
    fn over(&self, there: &Sku) -> Sku {
        Sku {
            code: self.code.clone(),
            colour: self.colour.clone(),
            size: self.size.clone(),
            price: self.price.map(Money::from),
            ..there.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use souk_domain::{Currency, ProductId};
    use souk_store_catalogue::products::Details;

    use super::*;

    const PRODUCT: &str = "prod_0199dc31a7b47e02b8c5d6e7f8091a2b";

    fn sku_id(number: u16) -> String {
        format!("sku_0199dc31a7b47e02b8c5d6e7f8091a2b_{number}")
    }

    /// A product with these variants, which had others before.
    fn product(skus: &[(u16, &str, &str)], last_sku: u16) -> Whole {
        let product = json!({
            "id": PRODUCT, "shop": "shop_0199dc2f5a3e7c41b6d80f2e9a7b4c15", "shop_name": "Loom", "shop_slug": "loom",
            "shop_open": true, "shop_version": 1, "slug": "shirt", "title": "Shirt", "category": "clothing", "tags": [],
            "price": { "amount": 2_500, "currency": "EUR" }, "status": "active", "last_sku": last_sku, "version": 1,
            "created_at": 0, "updated_at": 0,
        });
        let sku = |&(number, colour, size): &(u16, &str, &str)| json!({ "id": sku_id(number), "colour": colour, "size": size, "available": 7, "low": true });
        Whole {
            product: serde_json::from_value(product).unwrap(),
            details: Details::none(ProductId::parse(PRODUCT).unwrap()),
            skus: skus.iter().map(|of| serde_json::from_value(sku(of)).unwrap()).collect(),
            sold: 0,
        }
    }

    fn planned(before: &Whole, skus: Value, matrix: Value) -> (Plan, Vec<(String, String)>) {
        let draft = json!({
            "title": "Shirt", "category": "clothing", "price": { "amount": 2_500, "currency": "EUR" },
            "skus": skus, "matrix": matrix,
        });
        let draft = deserr::deserialize::<Draft<EditedSku>, Value, FieldErrors>(draft).unwrap();
        let mut findings = Findings::new(Currency::EUR);
        let plan = plan(&draft, before, Stock::LOW, &mut findings);
        let errors = findings.all().err().unwrap_or_default().0;
        (plan, errors.into_iter().map(|error| (error.pointer, error.code.into_owned())).collect())
    }

    fn numbers(skus: &[Sku]) -> Vec<u16> {
        skus.iter().map(|sku| sku.id.number).collect()
    }

    #[test]
    fn what_stays_keeps_number_stock_and_marks_and_what_is_new_gets_numbers_that_nobody_had() {
        let before = product(&[(1, "Blue", "S"), (2, "Blue", "M"), (4, "Red", "S")], 6);
        let skus = json!([
            { "id": sku_id(4), "colour": "Red", "size": "S" },
            { "id": sku_id(1), "colour": "Navy", "size": "S", "price": { "amount": 9, "currency": "EUR" } },
            { "colour": "Red", "size": "L", "stock": 3 },
        ]);
        let (plan, errors) = planned(&before, skus, json!({ "colours": ["Navy"], "sizes": ["S", "M"], "stock": 2 }));
        assert_eq!(errors, []);
        assert_eq!(numbers(&plan.edits.changed), [1], "the red one is as it was");
        assert_eq!(plan.edits.changed[0].available.get(), 7);
        assert!(plan.edits.changed[0].low);
        assert_eq!(numbers(&plan.edits.added), [7, 8]);
        assert_eq!(plan.edits.removed.iter().map(|id| id.number).collect::<Vec<_>>(), [2]);
        assert_eq!((numbers(&plan.skus), plan.last_sku), (vec![1, 4, 7, 8], 8));
        let options: Vec<_> = plan.skus.iter().filter_map(Sku::options).collect();
        assert_eq!(options, ["Navy / S", "Red / S", "Red / L", "Navy / M"]);
    }

    #[test]
    fn options_may_change_places() {
        let before = product(&[(1, "Blue", "S"), (2, "Red", "S")], 2);
        let skus = json!([
            { "id": sku_id(1), "colour": "Red", "size": "S" },
            { "id": sku_id(2), "colour": "Blue", "size": "S" },
        ]);
        let (plan, errors) = planned(&before, skus, Value::Null);
        assert_eq!((errors, numbers(&plan.edits.changed)), (vec![], vec![1, 2]));
    }

    #[test]
    fn numbers_run_out() {
        let before = product(&[(1, "Blue", "S")], 998);
        let kept = json!([{ "id": sku_id(1), "colour": "Blue", "size": "S" }]);
        let (plan, errors) = planned(&before, kept.clone(), json!({ "colours": ["Red"], "stock": 1 }));
        assert_eq!((errors, plan.last_sku), (vec![], 999));
        let (_, errors) = planned(&before, kept, json!({ "colours": ["Red", "Green"], "stock": 1 }));
        assert_eq!(errors, [("/skus".to_owned(), "exhausted".to_owned())]);
    }

    #[test]
    fn no_more_variants_change_at_once_than_one_transaction_takes() {
        let colours: Vec<String> = (0..80).map(|n| format!("Colour {n}")).collect();
        let there: Vec<(u16, &str, &str)> = (1..).zip(&colours).map(|(n, colour)| (n, colour.as_str(), "S")).collect();
        let eleven = json!({ "colours": &colours[..11], "sizes": ["M"], "stock": 1 });
        let (_, errors) = planned(&product(&there, 80), json!([]), eleven.clone());
        assert_eq!(errors, [("/skus".to_owned(), "too_many_changes".to_owned())]);
        let (plan, errors) = planned(&product(&there[..79], 80), json!([]), eleven);
        assert_eq!((errors, plan.edits.count()), (vec![], 90));
    }
}
