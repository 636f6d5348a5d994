//! Catalogue: the products that sellers offer, their stock, their offers and the lists that shoppers browse.
//!
//! Status, deletion and the state of the shop decide together whether a product is listed. Public endpoints and the
//! checkout leave out every product that is not listed.

mod deps;
mod endpoints;
mod filter;
mod listing;
mod own;
mod variants;
mod view;
mod workers;

pub use endpoints::*;
pub use workers::*;

souk_runtime::functions! {
    endpoints: [
        create_product::CreateProduct,
        duplicate_product::DuplicateProduct,
        edit_product::EditProduct,
        set_product_status::SetProductStatus,
        delete_product::DeleteProduct,
        restore_product::RestoreProduct,
        list_own_products::ListOwnProducts,
        get_own_product::GetOwnProduct,
        suggest_slug::SuggestSlug,
        check_slug::CheckSlug,
        adjust_stock::AdjustStock,
        list_stock_changes::ListStockChanges,
        list_products::ListProducts,
        suggest::Suggest,
        list_shop_products::ListShopProducts,
        get_product::GetProduct,
        list_related_products::ListRelatedProducts,
        set_offer::SetOffer,
        end_offer::EndOffer,
        list_offers::ListOffers,
        list_shop_offers::ListShopOffers,
        list_all_products::ListAllProducts,
    ],
    consumers: [
        count_sales::CountSales,
    ],
    stream_readers: [
        watch_products::WatchProducts,
    ],
    schedules: [
        purge_products::PurgeProducts,
    ],
}
