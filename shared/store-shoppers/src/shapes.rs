//! The whole stored item of every entity, attribute by attribute.

use std::collections::BTreeMap;

use souk_domain::{
    Country, Phone,
    address::{Address, AddressLabel, City, Region, StreetLine, Zip},
};
use souk_store::entries::At;
use souk_store_shapes::{at, id, name, shapes};

use crate::{
    addresses::AddressBook,
    follows::{Follow, Follower},
    views::Viewed,
    wishlists::Wishlist,
};

fn address() -> Address {
    Address {
        label: AddressLabel::parse("Home").unwrap(),
        name: name(),
        street: StreetLine::parse("Kiln Lane 7").unwrap(),
        street2: None,
        city: City::parse("Potsdam").unwrap(),
        state: Some(Region::parse("Brandenburg").unwrap()),
        zip: Some(Zip::parse("14467").unwrap()),
        country: Country::parse("DE").unwrap(),
        phone: Some(Phone::parse("+4930123456").unwrap()),
    }
}

shapes! {
    an_address_book: AddressBook {
        user: id(1),
        entries: BTreeMap::from([(id(7), address())]),
        chosen: Some(id(7)),
    };
    a_wishlist: Wishlist { user: id(1), entries: BTreeMap::from([(id(3), At(at()))]) };
    a_follow: Follow { user: id(1), shop: id(2), at: at() };
    a_follower: Follower { shop: id(2), user: id(1), at: at() };
    a_list_of_what_was_viewed: Viewed { user: id(1), entries: BTreeMap::from([(id(3), At(at()))]) };
}
