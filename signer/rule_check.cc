#include "signer/rule_check.h"

#include <utility>

#include "base/bytes.h"
#include "base/strings.h"

namespace sceau::signer {
namespace {

constexpr int64_t kSmall = 256 << 10;  // bytes

StatusOr<std::shared_ptr<const schemas::SchemaCatalog>> OwnSet() {
  static const auto catalog = schemas::SchemaCatalog::Load("");
  return catalog;
}

StatusOr<schemas::Check> Run(const InputFile& input, schemas::CheckOptions options) {
  if (options.catalog == nullptr) {
    SCEAU_ASSIGN_OR_RETURN(options.catalog, OwnSet());
  }
  return schemas::CheckDocument(input, options);
}

}  // namespace

RuleCheck::RuleCheck(const InputFile& input, const SignatureParameters& parameters) {
  schemas::CheckOptions options;
  if (parameters.rules != nullptr) options = *parameters.rules;
  options.day = absl::FormatTime("%Y-%m-%d", parameters.signing_time, absl::UTCTimeZone());
  options.before_signing = true;
  options.unwanted = &unwanted_;
  // With both, it is done later where no thread can be had.
  check_ = std::async(
      input.size() < kSmall ? std::launch::deferred : std::launch::async | std::launch::deferred,
      [&input, options = std::move(options)] { return Run(input, options); });
}

RuleCheck::~RuleCheck() { unwanted_ = true; }

Status RuleCheck::Finish(const std::string& sha256, Prepared& out) {
  SCEAU_ASSIGN_OR_RETURN(schemas::Check check, check_.get());
  if (check.inspection.sha256 != ToHex(sha256)) return Error(Reason::kInputChanged);
  pieces_ = std::move(check.inspection.pes.pieces_justificatives);
  for (schemas::PieceJustificative& it : pieces_) it.opened = nullptr;
  for (const schemas::Finding& it : check.findings) {
    if (it.severity == schemas::Severity::kError) return Refusal(it, check.errors);
    if (it.severity != schemas::Severity::kWarning) continue;
    if (++out.warning_count <= static_cast<int64_t>(kMaxWarnings)) out.warnings.push_back(it);
  }
  return OkStatus();
}

Status RuleCheck::Refusal(const schemas::Finding& finding, int64_t errors) {
  std::string detail = finding.rule;
  for (const std::string& more : {finding.value, finding.detail}) {
    if (!more.empty()) AppendTo(detail, " ", more);
  }
  return Error(Reason::kRuleBroken, Concat(detail, " (1/", errors, ")"), finding.place);
}

}  // namespace sceau::signer
