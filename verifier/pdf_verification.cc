#include "verifier/pdf_verification.h"

#include <algorithm>
#include <vector>

#include "base/file_digest.h"
#include "base/strings.h"
#include "contents/reader.h"
#include "verifier/cms.h"
#include "verifier/pdf_range.h"
#include "verifier/signature_validation.h"

namespace sceau::verifier {
namespace {

using contents::PdfSignature;
using schemas::Severity;

constexpr std::string_view kTimeStampForm = "ETSI.RFC3161";
// ISO 32000-1 §12.8.3.3, ETSI EN 319 142-1 §6.3: detached CMS, the latter with CAdES's attributes.
constexpr std::string_view kCmsForms[] = {"ETSI.CAdES.detached", "adbe.pkcs7.detached"};

class PdfJudge {
 public:
  PdfJudge(const InputFile& file, const std::string& sha256, const VerifyOptions& options)
      : file_(file), validator_(schemas::Kind::kPdf, sha256, options) {}

  void Add(const contents::PdfFacts& facts, FileReport& report) {
    for (const PdfSignature& it : facts.signatures) {
      if (it.sub_filter != kTimeStampForm) continue;
      auto range = ReadPdfRange(file_, it);
      if (range.ok()) time_stamps_.push_back(*std::move(range));
    }
    for (const PdfSignature& it : facts.signatures) {
      if (it.sub_filter == kTimeStampForm) {
        report.findings.push_back({Severity::kInfo, "PDF_DOCUMENT_TIME_STAMP", {}, it.field});
      } else {
        report.signatures.push_back(Judge(it));
      }
    }
  }

  // What no intact signature covers.
  void Conclude(FileReport& report) const {
    if (report.signatures.empty() || covered_ == file_.size()) return;
    report.not_covered.push_back(Concat("bytes ", covered_, "-", file_.size()));
    report.unsigned_elements.push_back(
        {schemas::Scope::kWhole, report.not_covered.back(), UnsignedWhy::kMissing});
  }

 private:
  SignatureReport Judge(const PdfSignature& signature) {
    SignatureReport report;
    report.format = "PADES";
    report.id = signature.field.empty() ? signature.name : signature.field;
    report.claimed_time = Rfc3339OfPdfDate(signature.date);
    report.city = signature.location;
    Evidence evidence;
    const auto range = ReadPdfRange(file_, signature);
    if (!range.ok()) {
      evidence.faults.push_back({"BYTE_RANGE_WRONG", DetailOf(range.status())});
      return validator_.Validate(std::move(report), evidence, false);
    }
    report.scope = range->end == file_.size() ? schemas::Scope::kWhole : schemas::Scope::kOther;
    report.of = report.id;
    report.covers = {Concat("bytes 0-", range->hole),
                     Concat("bytes ", range->hole_end, "-", range->end)};
    bool holds = false;
    evidence = CheckCms(signature, *range, report, holds);
    if (range->end < file_.size()) {
      report.reasons.push_back(
          {"LATER_REVISIONS", Severity::kWarning, Concat("bytes ", range->end, "-", file_.size())});
    }
    SignatureReport judged = validator_.Validate(std::move(report), evidence, holds);
    if (judged.integrity == Integrity::kIntact) covered_ = std::max(covered_, range->end);
    return judged;
  }

  Evidence CheckCms(const PdfSignature& signature, const PdfRange& range, SignatureReport& report,
                    bool& holds) {
    Evidence evidence;
    const auto refuse = [&](std::string_view code, std::string_view detail) {
      evidence.faults.push_back({std::string(code), std::string(detail)});
      return evidence;
    };
    const bool known = std::find(std::begin(kCmsForms), std::end(kCmsForms),
                                 signature.sub_filter) != std::end(kCmsForms);
    if (!known) return refuse("ALGORITHM_REFUSED", Concat("SubFilter ", signature.sub_filter));
    const auto cms = CmsSignature::Parse(range.contents);
    if (!cms.ok()) return refuse("SIGNATURE_STRUCTURE", DetailOf(cms.status()));
    evidence = cms->Check(certificates_);
    if (!evidence.faults.empty()) return evidence;
    report.signer = SignerOf(*evidence.certificate);
    if (signature.sub_filter == kCmsForms[0]) report.level = "B";
    const auto digest = DigestOfRange(file_, range, EvpOf(*cms->digest()));
    holds = digest.ok() && *digest == cms->message_digest();
    auto more = std::make_shared<UnsignedEvidence>(cms->ReadUnsigned());
    AddDocumentTimeStamps(range, *more);
    evidence.unsigned_evidence = std::move(more);
    return evidence;
  }

  // Those over a later revision prove that this one existed.
  void AddDocumentTimeStamps(const PdfRange& range, UnsignedEvidence& evidence) const {
    for (const PdfRange& stamped : time_stamps_) {
      if (stamped.end <= range.end) continue;
      auto token = TimeStamp::Parse(stamped.contents);
      if (!token.ok()) {
        evidence.unreadable.emplace_back("DocTimeStamp");
        continue;
      }
      const auto digest = DigestOfRange(file_, stamped, token->digest());
      const bool holds = digest.ok() && *digest == token->imprint();
      evidence.time_stamps.push_back({*std::move(token), holds});
    }
  }

  const InputFile& file_;
  SignatureValidator validator_;
  CertificateCache certificates_;
  std::vector<PdfRange> time_stamps_;  // over whole revisions (ETSI EN 319 142-1 §5.4.3)
  int64_t covered_ = 0;
};

Status RefusalOf(contents::Outcome outcome) {
  switch (outcome) {
    case contents::Outcome::kRead:
      return OkStatus();
    case contents::Outcome::kLocked:
      return Error(Reason::kInputUnreadable, "PDF: password");
    case contents::Outcome::kUnreadable:
      return Error(Reason::kInputUnreadable, "PDF");
    case contents::Outcome::kTooLarge:
      return Error(Reason::kDocumentTooLarge, "PDF");
    case contents::Outcome::kFailed:
      return Error(Reason::kInputUnreadable, "PDF: sceau-contents");
  }
  return Error(Reason::kInternal);
}

Status Judge(const InputFile& file, const VerifyOptions& options, FileReport& report) {
  SCEAU_ASSIGN_OR_RETURN(report.sha256, Sha256Of(file));
  SCEAU_ASSIGN_OR_RETURN(const contents::Facts facts,
                         contents::ReadContent(file, contents::Format::kPdf));
  SCEAU_RETURN_IF_ERROR(RefusalOf(facts.outcome));
  if (!facts.pdf) return Error(Reason::kInternal, "sceau-contents");
  PdfJudge judge(file, report.sha256, options);
  judge.Add(*facts.pdf, report);
  judge.Conclude(report);
  if (facts.pdf->repaired) report.findings.push_back({Severity::kWarning, "PDF_DAMAGED"});
  return OkStatus();
}

}  // namespace

FileReport VerifyPdf(const InputFile& file, const std::string& name, const VerifyOptions& options) {
  FileReport report;
  report.file = name;
  report.kind = schemas::Kind::kPdf;
  report.validation_time = options.validation_time;
  report.refusal = Judge(file, options, report);
  if (report.refusal.ok()) report.verdict = VerdictOf(report);
  return report;
}

}  // namespace sceau::verifier
