//! Pictures: uploads, their references, and their removal.

pub mod keys;
pub mod media;
#[cfg(test)]
mod shapes;

souk_store::aggregates! {
    /// The aggregate of pictures.
    pub trait MediaExt {
        /// Pictures.
        media: media::MediaItems,
    }
}
