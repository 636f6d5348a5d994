//! Runs [`media::create_transformation`].

souk_runtime::main!(media::create_transformation::CreateTransformation);
