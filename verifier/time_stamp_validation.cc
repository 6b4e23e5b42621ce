#include "verifier/time_stamp_validation.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "base/strings.h"

namespace sceau::verifier {
namespace {

using Instants = std::vector<ProvenInstant>;

SignatureReason Unproven(std::string_view code, std::string_view detail) {
  return {std::string(code), schemas::Severity::kWarning, std::string(detail)};
}

std::string TimeText(absl::Time time) {
  return absl::FormatTime(absl::RFC3339_sec, time, absl::UTCTimeZone());
}

void Insert(const ProvenInstant& instant, Instants& into) {
  const auto later = [](const ProvenInstant& a, const ProvenInstant& b) { return a.at < b.at; };
  into.insert(std::upper_bound(into.begin(), into.end(), instant, later), instant);
}

class Stamps {
 public:
  Stamps(const UnsignedEvidence& evidence, const std::vector<std::optional<bool>>& imprints,
         schemas::Kind document, absl::Time at, CertificateValidator& certificates,
         ProofsOfTime& out)
      : evidence_(evidence),
        imprints_(imprints),
        document_(document),
        at_(at),
        certificates_(certificates),
        out_(out) {}

  void Judge(const std::optional<ProofOfExistence>& outside) {
    if (outside) Insert({outside->at, RevocationExtent::All()}, out_.instants);
    const Instants of_all = out_.instants;
    JudgeArchive();
    for (size_t i = 0; i < evidence_.time_stamps.size(); ++i) {
      const StampEvidence& stamp = evidence_.time_stamps[i];
      Instants proven = of_all;
      for (const Good& it : archive_) {
        if (it.stamp->time_stamps_before > i) Insert(it.instant, proven);
      }
      const auto fault = stamp.imprint_holds
                             ? Fault(stamp.token, proven)
                             : Unproven("TIME_STAMP_OF_SOMETHING_ELSE", "messageImprint");
      if (fault) {
        out_.reasons.push_back(*fault);
        continue;
      }
      out_.stamped = true;
      Insert({stamp.token.time(), {}}, out_.instants);
    }
    for (const std::string& name : evidence_.unreadable) {
      out_.reasons.push_back(Unproven("UNSIGNED_PROPERTY_UNREADABLE", name));
    }
  }

 private:
  // An archive time stamp that proves what it covers.
  struct Good {
    const ArchiveStampEvidence* stamp;
    ProvenInstant instant;
  };

  // Each covers all before it, those that are older than itself as well.
  void JudgeArchive() {
    for (size_t i = evidence_.archive_time_stamps.size(); i-- > 0;) {
      const ArchiveStampEvidence& stamp = evidence_.archive_time_stamps[i];
      if (auto fault = ArchiveFault(stamp, imprints_[i])) {
        fault->detail = Concat("ArchiveTimeStamp ", fault->detail);
        out_.reasons.push_back(*std::move(fault));
        continue;
      }
      archive_.push_back({&stamp, {stamp.token.time(), stamp.revocation_before}});
      Insert(archive_.back().instant, out_.instants);
      out_.archived = true;
      out_.reasons.push_back(
          {"ARCHIVE_TIME_STAMP", schemas::Severity::kInfo, TimeText(stamp.token.time())});
    }
  }

  std::optional<SignatureReason> ArchiveFault(const ArchiveStampEvidence& stamp,
                                              std::optional<bool> imprint_holds) {
    if (!imprint_holds) return Unproven("TIME_STAMP_NOT_CHECKED", "messageImprint");
    if (!*imprint_holds) return Unproven("TIME_STAMP_OF_SOMETHING_ELSE", "messageImprint");
    return Fault(stamp.token, out_.instants);
  }

  // Why a token proves nothing; none: it does. `proven`: when it is known to have existed.
  std::optional<SignatureReason> Fault(const TimeStamp& token, const Instants& proven) {
    if (token.time() > at_ + kClockSkew) return Unproven("TIME_STAMP_IN_FUTURE", "genTime");
    const absl::Time existed = proven.empty() ? at_ : std::min(at_, proven.front().at);
    if (token.time() > existed + kClockSkew) {
      return Unproven("TIME_STAMP_WRONG", Concat("genTime > ", TimeText(existed)));
    }
    if (const auto weak = FindUnreliable(token.algorithms(), existed)) {
      return Unproven("TIME_STAMP_WEAK", weak->name);
    }
    if (token.signer() == nullptr) return Unproven("TIME_STAMP_NOT_TRUSTED", "certificate");
    CertificateQuestion question = QuestionOf(token);
    const CertificateVerdict verdict = ValidateWithProof(certificates_, question, proven);
    if (!verdict.shortfalls.empty()) {
      const Shortfall& first = verdict.shortfalls.front();
      return Unproven("TIME_STAMP_NOT_TRUSTED",
                      Concat(first.sub_indication, " ", first.code, " ", first.detail));
    }
    question.path.at = verdict.judged_at;
    const std::string wrong =
        token.Fault(certificates_.PathOf(question.path).chain(), verdict.judged_at);
    if (!wrong.empty()) return Unproven("TIME_STAMP_WRONG", wrong);
    return std::nullopt;
  }

  CertificateQuestion QuestionOf(const TimeStamp& token) const {
    CertificateQuestion question;
    question.path.certificate = token.signer();
    question.path.others = token.certificates();
    for (const X509Handle& it : evidence_.certificates) question.path.others.push_back(it.get());
    question.path.purpose = TrustPurpose::kTimeStamping;
    question.path.document = document_;
    question.path.at = at_;
    question.embedded = &evidence_.revocation;
    return question;
  }

  const UnsignedEvidence& evidence_;
  const std::vector<std::optional<bool>>& imprints_;
  const schemas::Kind document_;
  const absl::Time at_;
  CertificateValidator& certificates_;
  ProofsOfTime& out_;
  std::vector<Good> archive_;
};

}  // namespace

ProofsOfTime FindProofsOfTime(const Evidence& signature, schemas::Kind document,
                              absl::Time validation_time,
                              const std::optional<ProofOfExistence>& outside,
                              CertificateValidator& certificates) {
  static const UnsignedEvidence kNone;
  const UnsignedEvidence* evidence = signature.unsigned_evidence.get();
  ProofsOfTime out;
  Stamps(evidence == nullptr ? kNone : *evidence, signature.archive_imprints, document,
         validation_time, certificates, out)
      .Judge(outside);
  if (outside) {
    out.reasons.push_back({"EXISTENCE_PROVEN_OUTSIDE", schemas::Severity::kInfo,
                           Concat(TimeText(outside->at), " ", outside->source)});
  }
  return out;
}

StampVerdict JudgeStamp(std::string_view token, std::string_view octets,
                        const VerifyOptions& options) {
  auto read = TimeStamp::Parse(token);
  if (!read.ok()) return {std::nullopt, "TIME_STAMP_WRONG"};
  auto alone = std::make_shared<UnsignedEvidence>();
  const bool holds = read->Imprints(octets);
  alone->time_stamps.push_back({*std::move(read), holds});
  Evidence evidence;
  evidence.unsigned_evidence = std::move(alone);
  CertificateValidator certificates(options.trust, options.revocation);
  const ProofsOfTime proofs = FindProofsOfTime(evidence, schemas::Kind::kOther,
                                               options.validation_time, std::nullopt, certificates);
  if (!proofs.instants.empty()) return {proofs.instants.front().at, ""};
  const SignatureReason& why = proofs.reasons.front();
  return {std::nullopt, Concat(why.code, " ", why.detail)};
}

}  // namespace sceau::verifier
