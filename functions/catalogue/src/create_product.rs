//! `POST /v1/products` - a seller puts a product on sale.
//!
//! The product, its slug's claim, its SKUs and the repeatable answer are one transaction.

use souk_domain::{
    Currency, Description, MediaId, Money, Principal, ProductId, SkuId, Slug, Stock, Title, catalogue::OptionValue,
};
use souk_store::{
    media::{Media, MediaState, Picture},
    products::{Product, Rule, Sku, Whole},
};
use souk_web::{
    Body, Code, Created, Cx, Deserr, Endpoint, FieldError, FieldErrors, Idempotent, JsonSchema, Problem, Route, Seller,
    route,
};

use crate::{deps::Workbench, view::DetailsView};

/// Puts a product on sale.
#[derive(Debug)]
pub struct Room;

/// What the product will be.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
#[schemars(rename = "NewProduct")]
pub struct Input {
    /// What it is called.
    title: Title,
    /// Its place in addresses; made from the title if not given.
    #[deserr(default)]
    slug: Option<Slug>,
    /// What the seller says of it.
    #[deserr(default)]
    description: Option<Description>,
    /// Uploads of the seller's that are ready, the main one first; at most 12.
    #[deserr(default)]
    #[schemars(default, length(max = 12))]
    pictures: Vec<MediaId>,
    /// The price without a sale.
    price: Price,
    /// The price while a sale lasts, below `price`.
    #[deserr(default)]
    sale_price: Option<Price>,
    /// Its variants: 1 to 90, no two with the same colour and size.
    #[schemars(length(min = 1, max = 90))]
    skus: Vec<NewSku>,
}

/// An amount in the marketplace's currency.
#[derive(Debug, Clone, Copy, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
struct Price {
    /// In minor units: 1 to 99,999,999, the most that one card payment may be at Stripe.
    #[schemars(range(min = 1, max = 99_999_999))]
    amount: i64,
    /// ISO 4217; the marketplace's.
    currency: Currency,
}

/// A variant.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
struct NewSku {
    /// The seller's own name for it.
    #[deserr(default)]
    code: Option<OptionValue>,
    /// Its colour.
    #[deserr(default)]
    colour: Option<OptionValue>,
    /// Its size.
    #[deserr(default)]
    size: Option<OptionValue>,
    /// Its own price instead of the product's.
    #[deserr(default)]
    price: Option<Price>,
    /// How many there are.
    stock: Stock,
}

/// DynamoDB takes 100 items in a transaction; besides the SKUs there are the product, its slug and the answer.
const MAX_SKUS: usize = 90;
const MAX_PICTURES: usize = 12;
const MAX_AMOUNT: i64 = 99_999_999;

impl Endpoint for Room {
    const ROUTE: Route = route!(POST "/v1/products");
    const SUMMARY: &'static str = "Put a product on sale";
    const IDEMPOTENT: Idempotent = Idempotent::Optional;
    const PROBLEMS: &'static [Code] = &[Code::NoShop, Code::SlugTaken];

    type Deps = Workbench;
    type Caller = Seller;
    type Input = Body<Input>;
    type Output = Created<DetailsView>;

    async fn handle(cx: &Cx<'_, Workbench>, seller: Seller, Body(input): Body<Input>) -> Result<Self::Output, Problem> {
        let store = &cx.window.store;
        let uploads = match input.pictures.len() {
            0..=MAX_PICTURES => store.media().many_of(Principal::Seller(seller.id), &input.pictures).await?,
            _ => Vec::new(),
        };
        let pictures = check(&input, cx.currency, &uploads)?;
        let shop = store.shops().get(seller.shop()).await?.ok_or(Code::NoShop)?;

        let id: ProductId = cx.fresh();
        // The end of a UUID is its random part.
        let salt: String = id.to_string().chars().rev().take(6).collect();
        let chosen = input.slug.is_some();
        let slug = input.slug.unwrap_or_else(|| Slug::suggest(input.title.as_str(), "product", &salt));
        let product = Product {
            id,
            shop: shop.id,
            shop_name: shop.name,
            shop_slug: shop.slug,
            slug,
            title: input.title,
            description: input.description,
            pictures,
            price: input.price.into(),
            sale_price: input.sale_price.map(Money::from),
            created_at: cx.now,
        };
        let skus = (1..).zip(input.skus).map(|(number, new)| Sku {
            id: SkuId { product: id, number },
            code: new.code,
            colour: new.colour,
            size: new.size,
            price: new.price.map(Money::from),
            available: new.stock,
        });
        let mut whole = Whole { product, skus: skus.collect() };
        let mut created = create(cx, &whole).await;
        // A slug of ours gives way; one that the seller chose does not.
        if !chosen && created.as_ref().is_err_and(|problem| problem.code() == Code::SlugTaken) {
            whole.product.slug = whole.product.slug.with_suffix(&salt);
            created = create(cx, &whole).await;
        }
        created.map(|()| Created(DetailsView::of(&whole, &cx.window.media)))
    }
}

/// What no single field can know: the marketplace's currency, the uploads, and the fields' relations.
fn check(input: &Input, currency: Currency, uploads: &[Media]) -> Result<Vec<Picture>, Problem> {
    let mut errors = FieldErrors::default();
    let mut wrong = |pointer: String, code, detail: String| errors.0.push(FieldError::new(pointer, code, detail));
    let prices = [("/price".to_owned(), Some(input.price)), ("/sale_price".to_owned(), input.sale_price)];
    let of_skus = input.skus.iter().enumerate().map(|(n, sku)| (format!("/skus/{n}/price"), sku.price));
    for (pointer, price) in prices.into_iter().chain(of_skus).filter_map(|(at, price)| Some((at, price?))) {
        if !(1..=MAX_AMOUNT).contains(&price.amount) {
            wrong(format!("{pointer}/amount"), "out_of_range", format!("must be 1 to {MAX_AMOUNT}"));
        }
        if price.currency != currency {
            wrong(format!("{pointer}/currency"), "other_currency", format!("this marketplace runs in {currency}"));
        }
    }
    if input.sale_price.is_some_and(|sale| sale.amount >= input.price.amount) {
        wrong("/sale_price/amount".to_owned(), "not_below_price", "must be below the price".to_owned());
    }
    if !(1..=MAX_SKUS).contains(&input.skus.len()) {
        wrong("/skus".to_owned(), "wrong_length", format!("must have 1 to {MAX_SKUS} elements"));
    }
    for (n, sku) in input.skus.iter().enumerate() {
        let same = |other: &NewSku| (&other.colour, &other.size) == (&sku.colour, &sku.size);
        if input.skus.iter().take(n).any(same) {
            wrong(format!("/skus/{n}"), "duplicate", "has the same colour and size as one before".to_owned());
        }
    }
    if input.pictures.len() > MAX_PICTURES {
        wrong("/pictures".to_owned(), "wrong_length", format!("must have at most {MAX_PICTURES} elements"));
    }
    let mut pictures = Vec::with_capacity(uploads.len());
    for (n, id) in input.pictures.iter().take(MAX_PICTURES).enumerate() {
        match uploads.iter().find(|media| media.id == *id).map(|media| &media.state) {
            _ if input.pictures.iter().take(n).any(|before| before == id) => {
                wrong(format!("/pictures/{n}"), "duplicate", "is named before".to_owned());
            }
            Some(MediaState::Ready(picture)) => pictures.push(picture.clone()),
            Some(_) => wrong(format!("/pictures/{n}"), "not_ready", "is not ready to be shown".to_owned()),
            None => wrong(format!("/pictures/{n}"), "not_found", "is not an upload of yours".to_owned()),
        }
    }
    if errors.0.is_empty() { Ok(pictures) } else { Err(errors.into()) }
}

async fn create(cx: &Cx<'_, Workbench>, whole: &Whole) -> Result<(), Problem> {
    let view = DetailsView::of(whole, &cx.window.media);
    let answer = cx.key.as_ref().map(|key| key.answer(&view, cx.now)).transpose()?;
    cx.window.store.products().create(whole, answer.as_ref()).await.map_err(|error| {
        Problem::from_write(error, |rules| match rules {
            rules if rules.contains(&Rule::SlugTaken) => {
                Problem::new(Code::SlugTaken).field("/slug", "taken", "another product has it")
            }
            _ => Code::Unavailable.into(),
        })
    })
}

impl From<Price> for Money {
    fn from(Price { amount, currency }: Price) -> Self {
        Self::new(amount, currency)
    }
}
