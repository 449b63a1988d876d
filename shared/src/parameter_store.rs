//! Secrets from AWS Systems Manager's Parameter Store, which encrypts them. A function's variables are less safe:
//! everybody who may read the function's configuration can read them.

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

/// The limit of one attempt, and of all attempts together. Lambda's init phase has 10 s. By default, Parameter Store
/// allows an account 40 reads a second in a region, so a burst of cold starts may be throttled and has to retry.
const ATTEMPT_LIMIT: Duration = Duration::from_secs(2);
const TOTAL_LIMIT: Duration = Duration::from_secs(8);
const MAX_ATTEMPTS: u32 = 6;

/// The largest answer, in bytes: ten parameters of 4 KB, which is the standard tier's maximum, with their metadata.
const LIMIT: usize = 128 * 1024;

/// Where the parameters are. The function's own role reads them; Lambda puts its credentials into variables.
pub(crate) struct ParameterStore {
    path: String,
    region: String,
}

impl ParameterStore {
    /// Reads `SECRETS_PATH`, such as `/task-api/prod`. If it is not set, no AWS service is called at all.
    pub(crate) fn from_env() -> Result<Option<Self>, Fatal> {
        let Some(path) = optional("SECRETS_PATH") else { return Ok(None) };
        if !path.starts_with('/') {
            return Err(Fatal::new(format!("SECRETS_PATH is {path:?} and must begin with a slash, as /task-api/prod")));
        }
        let region =
            env::var("AWS_REGION").map_err(|_| Fatal::new("SECRETS_PATH needs AWS_REGION, which is not set"))?;
        Ok(Some(Self { path, region }))
    }

    /// All parameters directly under the path, by the name after the last slash. Up to ten parameters need one call.
    /// The error is a sentence for the operator, and contains no values.
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
        let timeouts =
            TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT_LIMIT).operation_timeout(TOTAL_LIMIT).build();
        let config = aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new(self.region.clone()))
            .credentials_provider(EnvironmentVariableCredentialsProvider::new())
            .http_client(http_client())
            .retry_config(RetryConfig::standard().with_max_attempts(MAX_ATTEMPTS))
            .timeout_config(timeouts);
        Client::new(&config.load().await)
    }
}

/// What AWS answered, or why it did not. This does not use the error's `Debug` or the SDK's `DisplayErrorContext`: if
/// an answer cannot be read, both print its body, which contains the secrets.
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

/// Our HTTP client instead of the SDK's. The SDK's would bring a second TLS library with a second root store, to be
/// read and parsed at every cold start.
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
