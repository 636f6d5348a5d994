//! The whole stored item of every entity, attribute by attribute.

use std::collections::BTreeSet;

use souk_domain::{
    Country, Phone, Principal, Realm, SellerId, UserId,
    code::{Codes, Purpose},
    totp::Uses,
};
use souk_store_media::media::{Picture, Rendition};
use souk_store_shapes::{at, email, id, name, shapes};

use crate::{
    accounts::{Avatar, Login, Seller, User},
    admins::Admin,
    codes::{Applicant, CodeState, Registration, ResetGrant},
    google_links::GoogleLink,
    second_factor::SecondFactor,
};

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
    a_login: Login {
        email: email(),
        principal: Principal::User(id::<UserId>(1)),
        password: Some("$argon2id$...".to_owned()),
        google: Vec::new(),
    };
    a_login_by_google_alone: Login {
        email: email(),
        principal: Principal::User(id::<UserId>(1)),
        password: None,
        google: vec!["110169484474386276334".to_owned()],
    };
    a_google_link: GoogleLink { subject: "110169484474386276334".to_owned(), user: id(1), linked_at: at() };
    a_code_to_confirm_a_registration: CodeState {
        codes: Codes::default().send(Purpose::ConfirmRegistration, "hash".to_owned(), at()).unwrap(),
        registration: Some(Registration {
            applicant: Applicant::Seller {
                name: name(),
                phone: Phone::parse("+4930123456").unwrap(),
                country: Country::parse("DE").unwrap(),
            },
            password: "$argon2id$...".to_owned(),
        }),
        version: 1,
        forgotten_at: at(),
        ..CodeState::fresh(Purpose::ConfirmRegistration, Realm::Sellers, email())
    };
    a_code_to_reset_a_password_that_was_right: CodeState {
        reset: Some(ResetGrant { secret_hash: "hash".to_owned(), expires_at: at() }),
        version: 2,
        forgotten_at: at(),
        ..CodeState::fresh(Purpose::ResetPassword, Realm::Users, email())
    };
    a_user: User { id: id(1), email: email(), name: name(), phone: None, avatar: None, created_at: at() };
    a_seller: Seller {
        id: id::<SellerId>(2),
        email: email(),
        name: name(),
        phone: Phone::parse("+4930123456").unwrap(),
        country: Country::parse("DE").unwrap(),
        avatar: Some(Avatar { media: id(4), picture: picture() }),
        created_at: at(),
    };
    an_admin: Admin { id: id(1), email: email(), promoted_by: Some(id(9)), promoted_at: at() };
    a_second_factor: SecondFactor {
        principal: Principal::Seller(id(2)),
        sealed_secret: "sealed".to_owned(),
        confirmed_at: Some(at()),
        uses: Uses::default().with_recovery_codes(BTreeSet::from(["hash".to_owned()])),
        version: 2,
    };
    a_second_factor_that_is_being_set_up: SecondFactor {
        principal: Principal::Admin(id(9)),
        sealed_secret: "sealed".to_owned(),
        confirmed_at: None,
        uses: Uses::default(),
        version: 1,
    };
}
