//! How pictures are answered, by every service that shows any.

mod deps;
mod picture;

pub use deps::{StoreMedia, StoreMediaCursors};
pub use picture::{MediaUrl, PictureView};
