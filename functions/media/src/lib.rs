//! Media: from a file on somebody's disk to pictures that can be shown, and what becomes of them.
//!
//! The bytes never pass through the API: a client gets a signed form and sends them to S3, S3 tells a queue, and the
//! worker there looks at what really came. What is made of a picture is a new one, which waits for another worker.

mod deps;
mod endpoints;
mod files;
mod view;
mod workers;

pub use endpoints::*;
pub use workers::*;

souk_runtime::functions! {
    endpoints: [
        create_upload::CreateUpload,
        get_upload::GetUpload,
        create_transformation::CreateTransformation,
        delete_media::DeleteMedia,
    ],
    consumers: [
        process_image::ProcessImage,
        transform_image::TransformImage,
        keep_pictures::KeepPictures,
    ],
    schedules: [
        purge_media::PurgeMedia,
    ],
}
