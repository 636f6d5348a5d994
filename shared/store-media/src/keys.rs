//! Every key format of pictures.

use jiff::Timestamp;
use souk_domain::{MediaId, Principal, media::Referrer};
pub(crate) use souk_store::keys::{IndexKey, Key, product_partition, seller, shop, site, sortable, user};

/// A picture.
pub fn media(id: MediaId) -> Key {
    Key::new(format!("MEDIA#{id}"), "MEDIA")
}

/// The count of an owner's pictures.
pub fn media_count(owner: Principal) -> Key {
    Key::new(format!("MEDIA#{owner}"), "COUNT")
}

/// A position among all pictures, by the time of their next check.
pub fn among_media(check_at: Timestamp, id: MediaId) -> IndexKey {
    IndexKey { list: media_to_check(), at: format!("{}#{id}", sortable(check_at)) }
}

/// The list of all pictures that are checked again.
pub fn media_to_check() -> String {
    "MEDIA".to_owned()
}

/// Returns the partition of a referrer's items.
pub fn partition_of(referrer: Referrer) -> String {
    match referrer {
        Referrer::Product(id) => product_partition(id),
        Referrer::Shop(id) => shop(id).pk,
        Referrer::User(id) => user(id).pk,
        Referrer::Seller(id) => seller(id).pk,
        Referrer::Site => site(),
    }
}
