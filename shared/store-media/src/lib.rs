//! Pictures: what is uploaded, what shows it, and when it is removed.

pub mod keys;
pub mod media;
#[cfg(test)]
mod shapes;

souk_store::aggregates! {
    /// Uploaded pictures.
    pub trait MediaExt {
        /// Uploaded images.
        media: media::MediaItems,
    }
}
