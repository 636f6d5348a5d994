//! The whole stored item of every entity, attribute by attribute.

use std::collections::BTreeMap;

use souk_domain::{
    Principal,
    media::{Referrer, Transformation},
};
use souk_store::entries::At;
use souk_store_shapes::{at, id, shapes};

use crate::media::{Media, MediaCount, MediaState, Origin, Picture, Rendition};

fn picture() -> Picture {
    let rendition = Rendition { width: 320, height: 240, path: "media_1/320.webp".to_owned() };
    Picture {
        id: id(4),
        width: 1_600,
        height: 1_200,
        blur: "2fcZFIB3iId/h3iJh4aIYJ2V8g==".to_owned(),
        renditions: vec![rendition],
    }
}

shapes! {
    an_upload_that_waits: Media::asked_for(id(4), Principal::Seller(id(2)), None, at());
    a_picture_that_is_shown: Media {
        state: MediaState::Ready(picture()),
        references: BTreeMap::from([(Referrer::Product(id(3)), At(at()))]),
        ordered: true,
        version: 3,
        ..Media::asked_for(id(4), Principal::Seller(id(2)), None, at())
    };
    a_picture_made_of_another: Media::asked_for(
        id(14),
        Principal::Seller(id(2)),
        Some(Origin { source: id(4), transformation: Transformation::Upscale }),
        at(),
    );
    a_picture_that_an_order_shows: Media {
        state: MediaState::Removed(picture()),
        ordered: true,
        check_at: None,
        ..Media::asked_for(id(4), Principal::Seller(id(2)), None, at())
    };
    a_count_of_pictures: MediaCount { owner: Principal::Seller(id(2)), pictures: 12 };
}
