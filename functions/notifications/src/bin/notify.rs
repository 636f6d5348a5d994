//! The door of [`notifications::notify`].

souk_messaging::door!(consumer notifications::notify);
