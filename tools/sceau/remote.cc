#include "tools/sceau/remote.h"

namespace sceau::cli {

StatusOr<SignResult> RemoteSign(const Connection& connection, const InputFile& /*input*/,
                                const RemoteSignRequest& /*request*/, OutputFile& /*output*/) {
  return Error(Reason::kNotImplemented, connection.server);
}

StatusOr<verifier::FileReport> RemoteVerify(const Connection& connection,
                                            const InputFile& /*input*/, const std::string& /*name*/,
                                            std::optional<absl::Time> /*validation_time*/) {
  return Error(Reason::kNotImplemented, connection.server);
}

StatusOr<schemas::Inspection> RemoteInspect(const Connection& connection,
                                            const InputFile& /*input*/) {
  return Error(Reason::kNotImplemented, connection.server);
}

}  // namespace sceau::cli
