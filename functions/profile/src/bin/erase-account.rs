//! The door of [`profile::erase_account`].

souk_messaging::door!(consumer profile::erase_account);
