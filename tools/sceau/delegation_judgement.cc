#include "tools/sceau/delegation_judgement.h"

#include <filesystem>

#include "base/clock.h"
#include "verifier/revocation_data.h"

namespace sceau::cli {

StatusOr<OpenAct> OpenAct::Open(const std::string& act, const std::string& signature,
                                int64_t max_size) {
  OpenAct out;
  if (act.empty()) return out;
  out.name_ = std::filesystem::path(act).filename();
  SCEAU_ASSIGN_OR_RETURN(out.act_, InputFile::Open(act, max_size));
  if (!signature.empty()) {
    SCEAU_ASSIGN_OR_RETURN(out.signature_, InputFile::Open(signature, max_size));
  }
  return out;
}

StatusOr<client::SignedAct> ReadAct(const std::string& act, const std::string& signature) {
  client::SignedAct read;
  if (act.empty()) return read;
  read.name = std::filesystem::path(act).filename();
  SCEAU_ASSIGN_OR_RETURN(read.act, ReadSmallFile(act));
  if (!signature.empty()) {
    SCEAU_ASSIGN_OR_RETURN(read.signature, ReadSmallFile(signature));
  }
  return read;
}

StatusOr<verifier::VerifyOptions> ActJudgement(const std::vector<std::string>& trust,
                                               const Config& config) {
  verifier::VerifyOptions options;
  options.validation_time = SystemClock().Now();
  const std::vector<std::string>& anchors = trust.empty() ? config.trust : trust;
  if (!anchors.empty()) {
    SCEAU_ASSIGN_OR_RETURN(options.trust, verifier::TrustAnchors::Load(anchors));
  }
  if (!config.revocation.empty()) {
    SCEAU_ASSIGN_OR_RETURN(options.revocation.given,
                           verifier::RevocationData::Load(config.revocation));
  }
  return options;
}

}  // namespace sceau::cli
