// The command's files and configuration for judging acts of delegation, here or at the service.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "delegations/act.h"
#include "tools/client/delegation.h"
#include "tools/sceau/config.h"
#include "verifier/verifier.h"

namespace sceau::cli {

// The anchors (`trust`, else the configuration's), lists of revocation and instant of a judgement.
StatusOr<verifier::VerifyOptions> ActJudgement(const std::vector<std::string>& trust,
                                               const Config& config);

// Contents for the service; empty paths: none. Error kInputUnreadable.
StatusOr<client::SignedAct> ReadAct(const std::string& act, const std::string& signature);

// An act and its signature as files that are open.
class OpenAct {
 public:
  // An empty path: none.
  static StatusOr<OpenAct> Open(const std::string& act, const std::string& signature,
                                int64_t max_size);
  // Refers to this object.
  delegations::ActFiles files() const {
    return {act_ ? &*act_ : nullptr, signature_ ? &*signature_ : nullptr, name_};
  }

 private:
  std::optional<InputFile> act_, signature_;
  std::string name_;
};

}  // namespace sceau::cli
