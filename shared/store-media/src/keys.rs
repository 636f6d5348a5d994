//! Every key format of pictures.

use jiff::Timestamp;
use souk_domain::{MediaId, Principal, media::Referrer};
pub(crate) use souk_store::keys::{IndexKey, Key, product_partition, seller, shop, site, sortable, user};

/// A picture.
pub fn media(id: MediaId) -> Key {
    Key::new(format!("MEDIA#{id}"), "MEDIA")
}

/// How many pictures somebody keeps.
pub fn media_count(owner: Principal) -> Key {
    Key::new(format!("MEDIA#{owner}"), "COUNT")
}

/// A place among all pictures, in the order in which somebody looks whether they are still used.
pub fn among_media(check_at: Timestamp, id: MediaId) -> IndexKey {
    IndexKey { list: media_to_check(), at: format!("{}#{id}", sortable(check_at)) }
}

/// The list of all pictures that are looked at again.
pub fn media_to_check() -> String {
    "MEDIA".to_owned()
}

/// The partition of what shows a picture.
pub fn partition_of(referrer: Referrer) -> String {
    match referrer {
        Referrer::Product(id) => product_partition(id),
        Referrer::Shop(id) => shop(id).pk,
        Referrer::User(id) => user(id).pk,
        Referrer::Seller(id) => seller(id).pk,
        Referrer::Site => site(),
    }
}
