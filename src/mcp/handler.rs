//! What is answered to each method of the protocol. Methods of features that are not declared are not found: the SDK
//! would answer some of them with an empty success.

use rmcp::ErrorData;
use rmcp::handler::server::ServerHandler;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CallToolResult, CompleteRequestMethod,
    CompleteRequestParams, CompleteResult, CustomRequest, CustomResult, DiscoverResult, ErrorCode,
    Implementation, InitializeRequestParams, InitializeResult, ListPromptsRequestMethod, ListPromptsResult,
    ListResourceTemplatesRequestMethod, ListResourceTemplatesResult, ListResourcesRequestMethod,
    ListResourcesResult, ListToolsResult, PaginatedRequestParams, ReadResourceRequestMethod,
    ReadResourceRequestParams, ReadResourceResponse, ServerCapabilities, ServerConfig,
};
use rmcp::service::{RequestContext, RoleServer};

use super::pair::Pair;
use super::{Server, answer, instructions, resources, tools, unless_given_up};
use crate::describe::tools::{Tool, find};

/// Methods whose requests have required members. The SDK hands them over as unknown when a member is wrong.
const WITH_PARAMS: [&str; 3] = ["initialize", "tools/call", "resources/read"];

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let capabilities = if resources::offered(self) {
            ServerCapabilities::builder()
                .enable_tools()
                .enable_resources()
                .build()
        } else {
            ServerCapabilities::builder().enable_tools().build()
        };
        let name = Implementation::new("conflagent", env!("CARGO_PKG_VERSION")).with_title("Conflagent");
        ServerConfig::new(capabilities).with_server_info(name)
    }

    async fn initialize(
        &self,
        request: InitializeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<InitializeResult, ErrorData> {
        let result = self.negotiate_initialize(&request)?;
        context.peer.set_peer_info(request);
        let work = async { Ok(result.with_instructions(self.instructions("initialize").await)) };
        unless_given_up(&context.ct, work).await
    }

    async fn discover(&self, context: RequestContext<RoleServer>) -> Result<DiscoverResult, ErrorData> {
        let work = async {
            let info = self
                .get_info()
                .with_instructions(self.instructions("server/discover").await);
            let versions = self.supported_protocol_versions().into_owned();
            let mut result = DiscoverResult::from_server_info(versions, info);
            result.ttl_ms = tools::KEPT_MS;
            result.cache_scope = CacheScope::Private;
            Ok(result)
        };
        unless_given_up(&context.ct, work).await
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let entry = self.journal.opens("tools/list");
        let list = tools::list(self);
        entry.closes(Ok(()));
        Ok(list)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let called = unless_given_up(&context.ct, self.call(request)).await?;
        Ok(called.into())
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        if !resources::offered(self) {
            return Err(ErrorData::method_not_found::<ListResourcesRequestMethod>());
        }
        let work = async {
            let mut entry = self.journal.opens("resources/list");
            let cursor = request.and_then(|request| request.cursor);
            match resources::list(self, entry.as_mut(), cursor.as_deref()).await {
                Ok(list) => {
                    entry.closes(Ok(()));
                    Ok(list)
                }
                Err(failure) => {
                    let refused = resources::refused(&failure, entry.request_id(), None);
                    entry.closes(Err(failure));
                    Err(refused)
                }
            }
        };
        unless_given_up(&context.ct, work).await
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        if !resources::offered(self) {
            return Err(ErrorData::method_not_found::<ListResourceTemplatesRequestMethod>());
        }
        self.journal.opens("resources/templates/list").closes(Ok(()));
        Ok(resources::templates(self))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        if !resources::offered(self) {
            return Err(ErrorData::method_not_found::<ReadResourceRequestMethod>());
        }
        let work = async {
            let mut entry = self.journal.opens("resources/read");
            match resources::read(self, entry.as_mut(), &request.uri).await {
                Ok(read) => {
                    entry.closes(Ok(()));
                    read.map(ReadResourceResponse::from)
                        .ok_or_else(|| resources::missing(&request.uri))
                }
                Err(failure) => {
                    let refused = resources::refused(&failure, entry.request_id(), Some(&request.uri));
                    entry.closes(Err(failure));
                    Err(refused)
                }
            }
        };
        unless_given_up(&context.ct, work).await
    }

    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        Err(ErrorData::method_not_found::<ListPromptsRequestMethod>())
    }

    async fn complete(
        &self,
        _: CompleteRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        Err(ErrorData::method_not_found::<CompleteRequestMethod>())
    }

    async fn on_custom_request(
        &self,
        request: CustomRequest,
        _: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        if WITH_PARAMS.contains(&request.method.as_str()) {
            let message = format!("The params of {} are not as the protocol says.", request.method);
            return Err(ErrorData::invalid_params(message, None));
        }
        Err(ErrorData::new(ErrorCode::METHOD_NOT_FOUND, request.method, None))
    }
}

impl Server {
    async fn instructions(&self, method: &'static str) -> String {
        let mut entry = self.journal.opens(method);
        let text = instructions::of(self, entry.as_mut()).await;
        entry.closes(Ok(()));
        text
    }

    /// Calls a tool. An unknown one is an error of the protocol; whatever a model can put right is a result.
    async fn call(&self, request: CallToolRequestParams) -> Result<CallToolResult, ErrorData> {
        let given = request.arguments.unwrap_or_default();
        let called = find(&request.name)
            .map(Called::Catalog)
            .or_else(|| Pair::find(&request.name).map(Called::Pair));
        let Some(called) = called else {
            let message = "Unknown tool: call tools/list for the tools of this endpoint.";
            return Err(ErrorData::invalid_params(message, None));
        };
        let mut entry = self.journal.opens(called.name());
        let outcome = match called {
            Called::Catalog(tool) => self
                .run(entry.as_mut(), tool.operation, tool.arguments(given))
                .await
                .map(|outcome| tool.structured(&outcome)),
            Called::Pair(tool) => tool.call(self, entry.as_mut(), &given).await,
        };
        Ok(match outcome {
            Ok(structured) => {
                entry.closes(Ok(()));
                answer::success(structured)
            }
            Err(failure) => {
                let result = answer::failure(&failure, entry.request_id());
                entry.closes(Err(failure));
                result
            }
        })
    }
}

/// A tool that was found by its name.
enum Called {
    Catalog(&'static Tool),
    Pair(Pair),
}

impl Called {
    fn name(&self) -> &'static str {
        match self {
            Self::Catalog(tool) => tool.name,
            Self::Pair(tool) => tool.name(),
        }
    }
}
