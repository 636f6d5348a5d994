//! The changes that an edit makes to a product's variants.

use souk_domain::{
    Money, SkuId, Stock,
    catalogue::{Colour, Size, SkuCode},
};
use souk_listing::{Draft, DraftSku, Findings, Options, Price};
use souk_store_catalogue::products::{ProductWithSkus, Sku, SkuEdits};
use souk_web::{Deserr, FieldErrors, JsonSchema};

/// A variant of an edited product: an existing one, or a new one.
#[derive(Debug, Clone, PartialEq, Eq, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct EditedSku {
    /// The existing variant; absent for a new one.
    #[deserr(default)]
    id: Option<SkuId>,
    /// The seller's own code for it.
    #[deserr(default)]
    code: Option<SkuCode>,
    /// The colour.
    #[deserr(default)]
    colour: Option<Colour>,
    /// The size.
    #[deserr(default)]
    size: Option<Size>,
    /// The variant's own price. With one, the sale price and the offer of the product do not apply to it.
    #[deserr(default)]
    price: Option<Price>,
    /// The stock of a new variant. The stock of an existing one is changed by a stock change.
    #[deserr(default)]
    stock: Option<Stock>,
}

/// The changes of an edit, and the variants after it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) edits: SkuEdits,
    /// All variants after the edit, ordered by number.
    pub(crate) skus: Vec<Sku>,
    /// The highest number that a variant of this product ever had.
    pub(crate) last_sku: u16,
}

/// The highest number that a variant can have.
const LAST_NUMBER: usize = 999;

/// Compares the variants that a product has with those of a draft. Reports every error to `findings`; the plan is valid
/// only if there are none. New variants with at most `low_stock` pieces are marked as low in stock.
pub(crate) fn plan(
    draft: &Draft<EditedSku>,
    before: &ProductWithSkus,
    low_stock: Stock,
    findings: &mut Findings,
) -> Plan {
    let mut plan = Plan { last_sku: before.product.last_sku, ..Plan::default() };
    let mut new: Vec<DraftSku> = Vec::new();
    for (n, sku) in draft.skus.iter().enumerate() {
        let at = |field: &str| format!("/skus/{n}/{field}");
        if let Some(price) = sku.price {
            findings.price(&at("price"), price);
        }
        match (sku.id, sku.stock) {
            (None, Some(stock)) => new.push(sku.with_stock(stock)),
            (None, None) => findings.wrong(at("stock"), "missing", "is required for a new variant"),
            (Some(_), Some(_)) => findings.wrong(
                at("stock"),
                "not_here",
                "must be absent: add a stock change to change the stock of an existing variant",
            ),
            (Some(id), None) if draft.skus.iter().take(n).any(|other| other.id == Some(id)) => {
                findings.wrong(at("id"), "duplicate", "must not name the same variant twice");
            }
            (Some(id), None) => match before.skus.iter().find(|existing| existing.id == id) {
                Some(existing) => plan.skus.push(sku.applied_to(existing)),
                None => findings.wrong(at("id"), "not_found", "must be the id of a variant of this product"),
            },
        }
    }
    let listed: Vec<Options<'_>> = draft.skus.iter().map(EditedSku::options).collect();
    let mut from_matrix = Vec::new();
    if let Some(matrix) = &draft.matrix {
        findings.matrix(matrix);
        from_matrix = matrix.variants_besides(&listed);
    }
    findings.variants(&listed.iter().copied().chain(from_matrix.iter().map(DraftSku::options)).collect::<Vec<_>>());
    new.append(&mut from_matrix);

    plan.edits.changed = plan.skus.iter().filter(|sku| !before.skus.contains(sku)).cloned().collect();
    let stays = |sku: &&Sku| plan.skus.iter().any(|kept| kept.id == sku.id);
    plan.edits.removed = before.skus.iter().filter(|sku| !stays(sku)).map(|sku| sku.id).collect();
    if usize::from(plan.last_sku) + new.len() > LAST_NUMBER {
        findings.wrong(
            "/skus",
            "exhausted",
            format!("must not add more than {LAST_NUMBER} variants to a product, deleted ones included"),
        );
        return plan;
    }
    for sku in new {
        plan.last_sku += 1;
        plan.edits.added.push(sku.to_sku(before.product.id, plan.last_sku, low_stock));
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

    /// Returns an existing variant with the values of this draft.
    fn applied_to(&self, existing: &Sku) -> Sku {
        Sku {
            code: self.code.clone(),
            colour: self.colour.clone(),
            size: self.size.clone(),
            price: self.price.map(Money::from),
            ..existing.clone()
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

    /// Returns a product with these variants. Its highest variant number so far is `last_sku`.
    fn product(skus: &[(u16, &str, &str)], last_sku: u16) -> ProductWithSkus {
        let product = json!({
            "id": PRODUCT, "shop": "shop_0199dc2f5a3e7c41b6d80f2e9a7b4c15", "shop_name": "Loom", "shop_slug": "loom",
            "shop_open": true, "shop_version": 1, "slug": "shirt", "title": "Shirt", "category": "clothing", "tags": [],
            "price": { "amount": 2_500, "currency": "EUR" }, "status": "active", "last_sku": last_sku, "version": 1,
            "created_at": 0, "updated_at": 0,
        });
        let sku = |&(number, colour, size): &(u16, &str, &str)| json!({ "id": sku_id(number), "colour": colour, "size": size, "available": 7, "low": true });
        ProductWithSkus {
            product: serde_json::from_value(product).unwrap(),
            details: Details::none(ProductId::parse(PRODUCT).unwrap()),
            skus: skus.iter().map(|of| serde_json::from_value(sku(of)).unwrap()).collect(),
            sold: 0,
        }
    }

    fn planned(before: &ProductWithSkus, skus: Value, matrix: Value) -> (Plan, Vec<(String, String)>) {
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
    fn a_kept_variant_keeps_its_number_and_stock_and_a_new_one_gets_an_unused_number() {
        let before = product(&[(1, "Blue", "S"), (2, "Blue", "M"), (4, "Red", "S")], 6);
        let skus = json!([
            { "id": sku_id(4), "colour": "Red", "size": "S" },
            { "id": sku_id(1), "colour": "Navy", "size": "S", "price": { "amount": 9, "currency": "EUR" } },
            { "colour": "Red", "size": "L", "stock": 3 },
        ]);
        let (plan, errors) = planned(&before, skus, json!({ "colours": ["Navy"], "sizes": ["S", "M"], "stock": 2 }));
        assert_eq!(errors, []);
        assert_eq!(numbers(&plan.edits.changed), [1], "the red variant is unchanged");
        assert_eq!(plan.edits.changed[0].available.get(), 7);
        assert!(plan.edits.changed[0].low);
        assert_eq!(numbers(&plan.edits.added), [7, 8]);
        assert_eq!(plan.edits.removed.iter().map(|id| id.number).collect::<Vec<_>>(), [2]);
        assert_eq!((numbers(&plan.skus), plan.last_sku), (vec![1, 4, 7, 8], 8));
        let options: Vec<_> = plan.skus.iter().filter_map(Sku::options).collect();
        assert_eq!(options, ["Navy / S", "Red / S", "Red / L", "Navy / M"]);
    }

    #[test]
    fn two_variants_may_swap_their_options() {
        let before = product(&[(1, "Blue", "S"), (2, "Red", "S")], 2);
        let skus = json!([
            { "id": sku_id(1), "colour": "Red", "size": "S" },
            { "id": sku_id(2), "colour": "Blue", "size": "S" },
        ]);
        let (plan, errors) = planned(&before, skus, Value::Null);
        assert_eq!((errors, numbers(&plan.edits.changed)), (vec![], vec![1, 2]));
    }

    #[test]
    fn a_product_has_at_most_999_variant_numbers() {
        let before = product(&[(1, "Blue", "S")], 998);
        let kept = json!([{ "id": sku_id(1), "colour": "Blue", "size": "S" }]);
        let (plan, errors) = planned(&before, kept.clone(), json!({ "colours": ["Red"], "stock": 1 }));
        assert_eq!((errors, plan.last_sku), (vec![], 999));
        let (_, errors) = planned(&before, kept, json!({ "colours": ["Red", "Green"], "stock": 1 }));
        assert_eq!(errors, [("/skus".to_owned(), "exhausted".to_owned())]);
    }

    #[test]
    fn an_edit_changes_at_most_as_many_variants_as_fit_into_one_transaction() {
        let colours: Vec<String> = (0..80).map(|n| format!("Colour {n}")).collect();
        let existing: Vec<(u16, &str, &str)> =
            (1..).zip(&colours).map(|(n, colour)| (n, colour.as_str(), "S")).collect();
        let eleven = json!({ "colours": &colours[..11], "sizes": ["M"], "stock": 1 });
        let (_, errors) = planned(&product(&existing, 80), json!([]), eleven.clone());
        assert_eq!(errors, [("/skus".to_owned(), "too_many_changes".to_owned())]);
        let (plan, errors) = planned(&product(&existing[..79], 80), json!([]), eleven);
        assert_eq!((errors, plan.edits.count()), (vec![], 90));
    }
}
