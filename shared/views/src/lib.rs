//! How every service that shows pictures claims and returns them.

mod deps;
mod picture;

pub use deps::{StoreMedia, StoreMediaCursors};
pub use picture::{MediaUrl, PictureView, claim_pictures};
