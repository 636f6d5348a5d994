//! The description of a function, and the list of the functions of a service.

use std::fmt;

use serde::Serialize;

/// The description of a Lambda function for the tests of the templates, `xtask` and the contract tests.
#[derive(Clone, Serialize)]
pub struct Function {
    /// The name of the module, which is also the operation id: `create_shop`.
    pub name: &'static str,
    /// What calls the function.
    pub kind: Kind,
    /// `POST /v1/shops` for an endpoint, `$connect` and the like for a socket route, absent for the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// The path of the function's type: `shops::endpoints::create_shop::CreateShop`.
    #[serde(skip)]
    pub type_path: &'static str,
    /// Reads an event in JSON as the function does. Fails with a reason if the event is malformed or for another
    /// function.
    #[serde(skip)]
    pub read: fn(&str) -> Result<(), String>,
}

impl Function {
    /// Describes the function that the type `F` in the module `module` implements. `read` reads an event as the function
    /// does.
    pub fn new<F>(
        module: &'static str,
        kind: Kind,
        route: Option<String>,
        read: fn(&str) -> Result<(), String>,
    ) -> Self {
        Self { name: name_of(module), kind, route, type_path: std::any::type_name::<F>(), read }
    }

    /// Returns the name of the binary and of the sample event: `create-shop`.
    pub fn binary(&self) -> String {
        binary_of(self.name)
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}", self.kind, self.name)
    }
}

/// The kind of a function: what calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The HTTP API.
    Endpoint,
    /// The WebSocket API.
    Socket,
    /// A queue.
    Consumer,
    /// The stream of the table.
    Stream,
    /// EventBridge Scheduler.
    Schedule,
    /// CloudFormation, during a deployment.
    Deployment,
}

/// Returns the last segment of a module path, which is the name of the function in that module.
pub fn name_of(module_path: &'static str) -> &'static str {
    module_path.rsplit("::").next().unwrap_or(module_path)
}

/// Returns `create-shop` for `create_shop`: the name of the function's binary, of its sample event and, after the prefix,
/// of the deployed function.
pub fn binary_of(name: &str) -> String {
    name.replace('_', "-")
}

/// Returns `CreateShop` for `create_shop`, as a function's type and its logical id are named.
pub fn camel_case(name: &str) -> String {
    let capitalize = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    name.split('_').map(capitalize).collect()
}

/// Declares the binary of a function. `main!(shops::create_shop::CreateShop);` is its whole source.
#[macro_export]
macro_rules! main {
    ($function:path) => {
        fn main() -> Result<(), $crate::Error> {
            <$function>::main()
        }
    };
}

/// Lists every function of a service by kind, each kind in reading order. This list is the only one: `xtask`, the API
/// document, the tests of the templates and the contract tests are made from it.
///
/// The macro gives each function's type a `main` that is not generic. The compiler therefore translates a function
/// once, in the library of its service, and the binary only calls it.
#[macro_export]
macro_rules! functions {
    (
        $(endpoints: [$($endpoint:path),+ $(,)?],)?
        $(sockets: [$($socket:path),+ $(,)?],)?
        $(consumers: [$($consumer:path),+ $(,)?],)?
        $(batch_consumers: [$($batch_consumer:path),+ $(,)?],)?
        $(stream_readers: [$($stream_reader:path),+ $(,)?],)?
        $(schedules: [$($schedule:path),+ $(,)?],)?
        $(deployments: [$($deployment:path),+ $(,)?],)?
    ) => {
        /// Every function of this service: the endpoints first, each kind in reading order.
        pub fn functions() -> Vec<$crate::Function> {
            vec![
                $($(::souk_web::function::<$endpoint>(),)+)?
                $($(::souk_live::function::<$socket>(),)+)?
                $($(::souk_messaging::consumer::<$consumer>(),)+)?
                $($(::souk_messaging::batch_consumer::<$batch_consumer>(),)+)?
                $($(::souk_messaging::stream_reader::<$stream_reader>(),)+)?
                $($(::souk_messaging::schedule::<$schedule>(),)+)?
                $($(::souk_messaging::deployment::<$deployment>(),)+)?
            ]
        }

        $(
            /// The endpoints of this service as operations of the API document, in reading order.
            pub fn operations() -> Vec<::souk_web::openapi::Operation> {
                vec![$(::souk_web::openapi::Operation::of::<$endpoint>()),+]
            }
        )?

        $($($crate::functions!(@main $endpoint, ::souk_web::serve);)+)?
        $($($crate::functions!(@main $socket, ::souk_live::serve_socket);)+)?
        $($($crate::functions!(@main $consumer, ::souk_messaging::serve_consumer);)+)?
        $($($crate::functions!(@main $batch_consumer, ::souk_messaging::serve_batches);)+)?
        $($($crate::functions!(@main $stream_reader, ::souk_messaging::serve_stream);)+)?
        $($($crate::functions!(@main $schedule, ::souk_messaging::serve_schedule);)+)?
        $($($crate::functions!(@main $deployment, ::souk_messaging::serve_deployment);)+)?
    };
    (@main $function:path, $($serve:tt)+) => {
        impl $function {
            /// Serves this function until Lambda ends the process.
            ///
            /// # Errors
            /// Those of starting, and those of the Lambda runtime.
            pub fn main() -> Result<(), $crate::Error> {
                $($serve)+::<Self>()
            }
        }
    };
}
