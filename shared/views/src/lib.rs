//! How every service that shows pictures refers to them and returns them.

mod deps;
mod picture;

pub use deps::{StoreMedia, StoreMediaCursors};
pub use picture::{MediaUrl, PictureView, refer_to_pictures};
