//! Media: uploads of pictures, their checks and renditions, their transformations, and their removal.
//!
//! The bytes never pass through the API. A client gets a signed form and uploads the file to S3. S3 sends a message to
//! a queue, and a worker checks what was uploaded. A transformation of a picture makes a new picture, which another
//! worker processes.

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
