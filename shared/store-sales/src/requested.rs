//! The discounts that a cart requests, with all that decides whether it gets them.

use souk_domain::{
    DiscountCode, Money, ShopId, UserId,
    discount::{Deal, Past, Terms},
};
use souk_store::{StoreError, entity::from_item};

use crate::{
    discounts::{Coupon, Coupons, Discount, Discounts, Granted, among, count_of},
    keys::{self, Key},
    orders::Orders,
    payments::PaymentSession,
};

/// A discount that a cart requests, with what the store knows about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestedDiscount {
    /// The shop that gives it.
    pub shop: ShopId,
    /// The code that the shopper entered.
    pub code: DiscountCode,
    /// The discount. Absent if there is none, it is disabled, or it has another code by now.
    pub discount: Option<Discount>,
    /// Earlier uses and orders.
    pub past: Past,
}

impl RequestedDiscount {
    /// Returns it as input of a quote.
    pub fn deal(&self) -> Deal<'_> {
        Deal { shop: self.shop, terms: self.discount.as_ref().map(|discount| &discount.terms), past: self.past }
    }

    /// Returns the snapshot for an order, with the amount that it takes off. Returns `None` if there is no discount.
    pub fn granted(&self, off: Money) -> Option<Granted> {
        let Discount { id, code, name, terms, version, .. } = self.discount.clone()?;
        let Terms { first_order_only, per_shopper, in_total, .. } = terms;
        Some(Granted { id, code, name, off, version, first_order_only, per_shopper, in_total })
    }
}

impl Discounts<'_> {
    /// Reads the discounts that a cart requests. Uses that the cart's own payment session holds are not counted,
    /// because the next session takes them over. One read, and one more for each discount for first orders only.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn requested(
        &self,
        coupons: &Coupons,
        user: Option<UserId>,
        held: Option<&PaymentSession>,
    ) -> Result<Vec<RequestedDiscount>, StoreError> {
        let mut wanted = Vec::new();
        for (&shop, coupon) in coupons {
            wanted.extend([keys::discount(shop, coupon.discount), keys::discount_uses(shop, coupon.discount)]);
            if let Some(user) = user {
                wanted.push(keys::discount_uses_by(shop, coupon.discount, user));
                wanted.push(keys::first_orders_by(shop, user));
            }
        }
        let found = self.table.get_many(wanted).await?;
        let mut requested = Vec::with_capacity(coupons.len());
        for (&shop, Coupon { discount, code }) in coupons {
            let own = held.and_then(|session| session.discounts().find(|(at, _)| *at == shop)).map(|(_, own)| own);
            let same = u32::from(own.is_some_and(|own| own.id == *discount));
            let first = u32::from(own.is_some_and(|own| own.first_order_only));
            let counted = |key: Key, held: u32| count_of(among(&found, &key)).saturating_sub(held);
            let mut past = Past { used: counted(keys::discount_uses(shop, *discount), same), ..Past::default() };
            let stored = among(&found, &keys::discount(shop, *discount)).cloned().map(from_item).transpose()?;
            let discount: Option<Discount> = stored.filter(|stored: &Discount| stored.enabled && stored.code == *code);
            if let (Some(user), Some(discount)) = (user, &discount) {
                past.used_by_shopper = counted(keys::discount_uses_by(shop, discount.id, user), same);
                past.ordered = discount.terms.first_order_only
                    && (counted(keys::first_orders_by(shop, user), first) > 0
                        || Orders::new(self.table).has_ordered(user, shop).await?);
            }
            requested.push(RequestedDiscount { shop, code: code.clone(), discount, past });
        }
        Ok(requested)
    }
}
