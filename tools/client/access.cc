#include "tools/client/access.h"

#include "sceau/v1/access.grpc.pb.h"
#include "tools/client/exchange.h"

namespace sceau::client {
namespace {

using Stub = v1::AccessService::Stub;

template <typename Request>
Request RequestOf(const AccessOrder& order) {
  Request request;
  request.set_collectivite(order.collectivite);
  request.set_caller(order.caller);
  request.set_reason(order.reason);
  return request;
}

}  // namespace

StatusOr<std::vector<CallerAccess>> ListAccess(const Options& options,
                                               const std::string& collectivite) {
  v1::ListAccessRequest request;
  request.set_collectivite(collectivite);
  v1::ListAccessResponse response;
  SCEAU_RETURN_IF_ERROR(AskOnce<v1::AccessService>(options, &Stub::ListAccess, request, response));
  std::vector<CallerAccess> callers;
  for (const v1::CallerAccess& it : response.callers()) {
    callers.push_back({.name = it.name(),
                       .roles = {it.roles().begin(), it.roles().end()},
                       .keys = {it.keys().begin(), it.keys().end()},
                       .enabled = it.enabled(),
                       .manager = it.manager()});
  }
  return callers;
}

Status SetAccess(const Options& options, const AccessOrder& order, bool enabled) {
  auto request = RequestOf<v1::SetAccessRequest>(order);
  request.set_enabled(enabled);
  v1::SetAccessResponse response;
  return AskOnce<v1::AccessService>(options, &Stub::SetAccess, request, response);
}

Status HandOver(const Options& options, const AccessOrder& order) {
  v1::HandOverResponse response;
  return AskOnce<v1::AccessService>(options, &Stub::HandOver, RequestOf<v1::HandOverRequest>(order),
                                    response);
}

}  // namespace sceau::client
