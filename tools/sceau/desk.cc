#include "tools/sceau/desk.h"

#include <optional>
#include <utility>

#include "absl/time/clock.h"
#include "base/strings.h"
#include "signer/check_result.h"
#include "signer/to_be_signed.h"
#include "verifier/verifier.h"

namespace sceau::cli {
namespace {

constexpr int kTries = 3;  // to hand over the values

Status Differs(std::string_view what) { return Error(Reason::kPreparationDiffers, what); }

client::SignOrder OrderOf(const DeskRequest& request) {
  const signer::SignatureParameters& it = request.parameters;
  return {.idempotency_key = request.idempotency_key,
          .profile = it.profile->name,
          .selection = it.selection,
          .detached_name = request.detached_name,
          .role = it.role,
          .city = it.city,
          .postal_code = it.postal_code,
          .country = it.country,
          .set_dematerialisee = it.set_dematerialisee,
          .certificates = it.certificates};
}

// What differs between two targets; empty: nothing.
std::string_view Difference(const signer::PreparedTarget& asked,
                            const signer::PreparedTarget& own) {
  if (asked.scope != own.scope || asked.of != own.of) return "element";
  if (asked.element_digest != own.element_digest) return "element_digest";
  if (asked.signed_properties != own.signed_properties) return "signed_properties";
  if (asked.digest_method != own.digest_method) return "digest_method";
  if (asked.signature_method != own.signature_method) return "signature_method";
  if (asked.signed_info != own.signed_info) return "signed_info";
  return "";
}

Status Compare(const client::Preparation& asked, const signer::ToBeSigned& own) {
  if (asked.targets.size() != own.size()) {
    return Differs(Concat("targets: ", asked.targets.size(), " / ", own.size()));
  }
  for (size_t i = 0; i < own.size(); ++i) {
    const signer::PreparedTarget mine = own.At(i);
    const std::string_view what = Difference(asked.targets[i], mine);
    if (!what.empty()) return Differs(Concat(mine.of, ": ", what));
  }
  return OkStatus();
}

class Desk {
 public:
  Desk(client::Client& service, const InputFile& input, const DeskRequest& request,
       OutputFile& output)
      : service_(service), input_(input), request_(request), output_(output) {}

  StatusOr<client::SignAnswer> Run() {
    if (request_.may_be_completed) {
      auto before = service_.GetResult({.idempotency_key = request_.idempotency_key}, output_);
      if (before.ok()) return CheckEarlier(*std::move(before));
      if (ReasonOf(before.status()) != Reason::kResultUnknown) return before.status();
    }
    SCEAU_ASSIGN_OR_RETURN(const client::Preparation asked,
                           service_.Prepare(input_, OrderOf(request_)));
    std::string reason;
    auto values = Sign(asked, reason);
    if (!values.ok()) {
      // The service is told why it waits in vain; that it may not hear it changes nothing here.
      if (!reason.empty()) (void)service_.Decline(asked.id, reason);
      return values.status();
    }
    return Complete(asked, *values);
  }

 private:
  Status PrepareHere(absl::Time signing_time) {
    signer::SignatureParameters parameters = request_.parameters;
    parameters.signing_time = signing_time;
    SCEAU_ASSIGN_OR_RETURN(prepared_, request_.detached != nullptr
                                          ? request_.detached->Prepare(parameters)
                                          : signer::Prepare(input_, parameters));
    SCEAU_ASSIGN_OR_RETURN(texts_, signer::ToBeSigned::Of(*prepared_));
    return OkStatus();
  }

  // `reason` is what to decline with; it stays empty when the same preparation may be tried again.
  StatusOr<std::vector<std::string>> Sign(const client::Preparation& asked, std::string& reason) {
    const absl::Time now = absl::Now();
    Status same;
    if (asked.signing_time < now - kClockTolerance || asked.signing_time > now + kClockTolerance) {
      same = Differs("signing_time");
    }
    if (same.ok()) same = PrepareHere(asked.signing_time);
    if (same.ok()) same = Compare(asked, *texts_);
    if (!same.ok()) {
      reason = Concat(InfoOf(*ReasonOf(same)).name, " ", DetailOf(same));
      return same;
    }
    SCEAU_RETURN_IF_ERROR(request_.consent(*prepared_, reason));
    SCEAU_ASSIGN_OR_RETURN(const signer::SignFunction sign, request_.unlock());
    return texts_->SignWith(sign);
  }

  // An answer may have been lost on its way: whether there is a result, the service knows. Where
  // there is none the same values are sent again; the card is not asked twice.
  StatusOr<client::SignAnswer> Complete(const client::Preparation& asked,
                                        const std::vector<std::string>& values) {
    for (int left = kTries;; --left) {
      const StatusOr<std::string> completed = service_.Complete(asked.id, values);
      client::ResultName name{.idempotency_key = request_.idempotency_key};
      if (completed.ok()) name = {.request_id = *completed};
      auto answer = service_.GetResult(name, output_);
      if (answer.ok()) {
        SCEAU_RETURN_IF_ERROR(Check(*answer));
        return answer;
      }
      const bool lost = ReasonOf(completed.status()) == Reason::kServiceUnavailable &&
                        ReasonOf(answer.status()) == Reason::kResultUnknown;
      if (!lost || left <= 1) return completed.ok() ? answer.status() : completed.status();
    }
  }

  // Of an earlier run of the command, or an earlier answer that was lost: the signing time is the
  // one its signatures claim.
  StatusOr<client::SignAnswer> CheckEarlier(client::SignAnswer answer) {
    SCEAU_ASSIGN_OR_RETURN(const InputFile written, output_.Reread());
    const verifier::FileReport report = verifier::Verify(written, "", {});
    for (const verifier::SignatureReport& it : report.signatures) {
      if (answer.elements.empty() || it.id != answer.elements.front().signature_id) continue;
      absl::Time claimed;
      std::string error;
      if (!absl::ParseTime(absl::RFC3339_full, it.claimed_time, &claimed, &error)) break;
      SCEAU_RETURN_IF_ERROR(PrepareHere(claimed));
      SCEAU_RETURN_IF_ERROR(Check(answer));
      return answer;
    }
    return Error(Reason::kOutputCheckFailed, "elements");
  }

  Status Check(const client::SignAnswer& answer) {
    if (answer.elements.size() != prepared_->targets.size()) {
      return Error(Reason::kOutputCheckFailed, "elements");
    }
    for (size_t i = 0; i < answer.elements.size(); ++i) {
      const signer::SignedElement& told = answer.elements[i];
      const signer::Target& target = prepared_->targets[i];
      if (told.scope != target.scope || told.of != target.id ||
          told.signature_id != target.signature_id) {
        return Error(Reason::kOutputCheckFailed, target.id);
      }
    }
    SCEAU_ASSIGN_OR_RETURN(const InputFile written, output_.Reread());
    const InputFile& document =
        request_.detached != nullptr ? request_.detached->Document() : input_;
    return signer::CheckResult(document, *prepared_, *texts_, answer.edits, written);
  }

  client::Client& service_;
  const InputFile& input_;
  const DeskRequest& request_;
  OutputFile& output_;
  std::optional<signer::Prepared> prepared_;
  std::optional<signer::ToBeSigned> texts_;  // of prepared_
};

}  // namespace

StatusOr<client::SignAnswer> SignAtDesk(client::Client& service, const InputFile& input,
                                        const DeskRequest& request, OutputFile& output) {
  return Desk(service, input, request, output).Run();
}

}  // namespace sceau::cli
