//! The door of [`orders::release_holds`].

souk_messaging::door!(schedule orders::release_holds);
