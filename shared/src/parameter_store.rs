//! What nobody is to see: settings out of AWS Systems Manager's Parameter Store, where they are encrypted, instead of a
//! function's environment, which whoever may look at the function can read.

use std::{collections::BTreeMap, env, time::Duration};

use aws_config::{
    BehaviorVersion, Region, environment::EnvironmentVariableCredentialsProvider, retry::RetryConfig,
    timeout::TimeoutConfig,
};
use aws_sdk_ssm::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    operation::get_parameters_by_path::GetParametersByPathError,
};
use aws_smithy_runtime_api::client::{
    http::{HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn},
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
};
use aws_smithy_types::body::SdkBody;
use http_body_util::Full;
use hyper::body::Bytes;

use crate::{
    https,
    settings::{Fatal, optional},
};

/// One try, and all of them: Lambda's init phase has 10 s. Parameter Store takes 40 reads a second of an account and
/// region by default, so that a burst of cold starts may be told to come back.
const TRY: Duration = Duration::from_secs(2);
const WHOLE: Duration = Duration::from_secs(8);
const TRIES: u32 = 6;

/// The largest answer: ten parameters of 4 KB, the most of the standard tier, with what is said of each.
const LIMIT: usize = 128 * 1024;

/// Where the parameters are, and who may read them: the function's own role, whose credentials Lambda puts into the
/// environment.
pub(crate) struct ParameterStore {
    path: String,
    region: String,
}

impl ParameterStore {
    /// `SECRETS_PATH`, such as `/task-api/prod`. Without it no AWS service is called at all.
    pub(crate) fn from_env() -> Result<Option<Self>, Fatal> {
        let Some(path) = optional("SECRETS_PATH") else { return Ok(None) };
        if !path.starts_with('/') {
            return Err(Fatal::new(format!("SECRETS_PATH is {path:?} and must begin with a slash, as /task-api/prod")));
        }
        let region = env::var("AWS_REGION").map_err(|_| Fatal::new("AWS_REGION is not set, and SECRETS_PATH is"))?;
        Ok(Some(Self { path, region }))
    }

    /// All parameters right under the path, by what stands behind its last slash: in one call, as long as there are no
    /// more than ten. The error is a sentence for whoever runs the function; it repeats no value.
    pub(crate) async fn fetch(&self) -> Result<BTreeMap<String, String>, String> {
        let client = self.client().await;
        let mut found = BTreeMap::new();
        let mut pages = client.get_parameters_by_path().path(&self.path).with_decryption(true).into_paginator().send();
        while let Some(page) = pages.next().await {
            let page =
                page.map_err(|error| format!("the parameters under {} cannot be read: {}", self.path, reason(&error)))?;
            found.extend(page.parameters.unwrap_or_default().into_iter().filter_map(|parameter| {
                let name = parameter.name?.rsplit('/').next()?.to_owned();
                Some((name, parameter.value?))
            }));
        }
        Ok(found)
    }

    async fn client(&self) -> Client {
        let timeouts = TimeoutConfig::builder().operation_attempt_timeout(TRY).operation_timeout(WHOLE).build();
        let config = aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new(self.region.clone()))
            .credentials_provider(EnvironmentVariableCredentialsProvider::new())
            .http_client(http_client())
            .retry_config(RetryConfig::standard().with_max_attempts(TRIES))
            .timeout_config(timeouts);
        Client::new(&config.load().await)
    }
}

/// What AWS said, or what went wrong on the way there. (Not the error's own `Debug`, nor the SDK's `DisplayErrorContext`,
/// which has that in it: of an answer that cannot be read they repeat the body, and so the secrets.)
fn reason(error: &SdkError<GetParametersByPathError, HttpResponse>) -> String {
    if let Some(service) = error.as_service_error() {
        return format!("{}: {}", service.code().unwrap_or("error"), service.message().unwrap_or("without a reason"));
    }
    let mut reasons = vec![error.to_string()];
    let mut next = std::error::Error::source(error);
    while let Some(error) = next {
        reasons.push(error.to_string());
        next = error.source();
    }
    reasons.join(": ")
}

/// Our own way out instead of the SDK's, which would bring a second TLS with a second store of roots, to be read and
/// parsed at every cold start.
fn http_client() -> SharedHttpClient {
    http_client_fn(|_, _| SharedHttpConnector::new(Connector))
}

#[derive(Debug)]
struct Connector;

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(async {
            let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
            let request = request.map(|body| Full::new(body.bytes().map(Bytes::copy_from_slice).unwrap_or_default()));
            let response = https::exchange(request, LIMIT).await.map_err(|error| ConnectorError::io(error.into()))?;
            HttpResponse::try_from(response.map(SdkBody::from))
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}
