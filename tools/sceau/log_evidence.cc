#include "tools/sceau/log_evidence.h"

#include "base/strings.h"
#include "tools/sceau/display.h"

namespace sceau::cli {

Status LogEvidence::Read(const std::string& folder, verifier::VerifyOptions& options,
                         const Console& console) {
  const auto in = [&](const Text& text) { return text.In(console.lang()); };
  SCEAU_ASSIGN_OR_RETURN(evidence_, verifier::ReadAuditEvidence(folder, options));
  options.proofs = evidence_->proofs;
  if (const auto& bad = evidence_->log.first_bad) {
    console.Say(Concat(in({"Journal d'audit altéré : ", "Audit log not as written: "}),
                       audit::NameOf(bad->fault), " (", bad->record, ") ",
                       in(audit::MeaningOf(bad->fault))));
  }
  for (const std::string& it : evidence_->unproven) {
    console.Say(
        Concat(in({"Horodatage du journal non retenu : ", "Time stamp of the log not relied on: "}),
               Printable(it)));
  }
  console.Say(
      Concat(in({"Journal d'audit : ", "Audit log: "}), evidence_->log.records,
             in({" enregistrements, horodatés jusqu'au n° ", " records, time-stamped up to no. "}),
             evidence_->stamped, in({" ; fichiers signés : ", "; files signed: "}),
             evidence_->released.size()));
  return OkStatus();
}

std::optional<verifier::LogAccount> LogEvidence::Account() const {
  if (!evidence_) return std::nullopt;
  verifier::LogAccount account;
  account.first_bad = evidence_->log.first_bad;
  account.records = evidence_->log.records;
  account.stamped = evidence_->stamped;
  account.released = evidence_->released.size();
  for (const auto& [sha256, file] : evidence_->released) {
    if (!seen_.contains(sha256)) account.missing.emplace(sha256, file);
  }
  account.unproven = evidence_->unproven;
  return account;
}

void LogEvidence::Tell(const verifier::LogAccount& account, const Console& console) {
  const Text missing{"Signé selon le journal, absent d'ici : ",
                     "Signed by the log, not among these files: "};
  for (const auto& [sha256, file] : account.missing) {
    console.Say(Concat(missing.In(console.lang()), sha256, " (n° ", file.record, ", ",
                       Printable(file.time), ", ", Printable(file.request), ")"));
  }
}

}  // namespace sceau::cli
