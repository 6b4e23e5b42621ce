#include "tools/sceau/report_etsi.h"

#include <set>
#include <string>
#include <string_view>

#include "absl/strings/escaping.h"
#include "absl/time/time.h"
#include "base/bytes.h"
#include "base/strings.h"
#include "tools/sceau/display.h"
#include "xml/escape.h"

namespace sceau::cli {
namespace {

using verifier::FileReport;
using verifier::SignatureReport;

constexpr std::string_view kSha256 = "http://www.w3.org/2001/04/xmlenc#sha256";

// In the order of verifier::Indication (§4.2.4).
constexpr std::string_view kIndications[] = {"total-passed", "total-failed", "indeterminate"};

std::string Time(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

// Text that may stand in XML, whatever it was.
std::string Escaped(std::string_view text) {
  std::string out;
  xml::AppendEscapedText(Printable(text), out);
  return out;
}

class Writer {
 public:
  Writer(Lang lang, const TextSink& sink) : lang_(lang), sink_(sink) {}

  void File(const FileReport& report) {
    for (const SignatureReport& it : report.signatures) Signature(report, it);
    if (!report.signatures.empty()) return;
    const bool refused = report.verdict == verifier::Verdict::kRefused;
    Open("SignatureValidationReport");
    Document(report);
    Open("SignatureValidationStatus");
    Leaf("MainIndication",
         refused ? "urn:sceau:mainindication:refused" : "urn:sceau:mainindication:no-signature");
    if (refused) {
      Open("AssociatedValidationReportData");
      Open("AdditionalValidationReportData");
      Reason(InfoOf(ReasonOf(report.refusal).value_or(sceau::Reason::kInternal)).name,
             Describe(report.refusal, lang_));
      Close();
      Close();
    }
    Close();
    Close();
  }

  // The signers' certificates, by digest.
  void Certificates(const std::set<std::string>& digests) {
    if (digests.empty()) return;
    Open("SignatureValidationObjects");
    for (const std::string& it : digests) {
      Open("ValidationObject", Concat("id=\"C", it, "\""));
      Leaf("ObjectType", "urn:etsi:019102:validationObject:certificate");
      Open("ValidationObjectRepresentation");
      Digest(it);
      Close();
      Close();
    }
    Close();
  }

 private:
  void Open(std::string_view name, std::string_view attributes = {}) {
    sink_(Concat(std::string(2 * (open_.size() + 1), ' '), "<", name, attributes.empty() ? "" : " ",
                 attributes, ">\n"));
    open_.emplace_back(name);
  }
  void Close() {
    const std::string name = open_.back();
    open_.pop_back();
    sink_(Concat(std::string(2 * (open_.size() + 1), ' '), "</", name, ">\n"));
  }
  void Leaf(std::string_view name, std::string_view text) {
    sink_(Concat(std::string(2 * (open_.size() + 1), ' '), "<", name, ">", Escaped(text), "</",
                 name, ">\n"));
  }
  void Empty(std::string_view name, std::string_view attributes) {
    sink_(Concat(std::string(2 * (open_.size() + 1), ' '), "<", name, " ", attributes, "/>\n"));
  }

  void Signature(const FileReport& report, const SignatureReport& it) {
    Open("SignatureValidationReport");
    Open("SignatureIdentifier");
    Leaf("HashOnly", "false");
    Leaf("DocHashOnly", "false");
    if (!it.id.empty()) Leaf("DAIdentifier", it.id);
    Close();
    Open("ValidationTimeInfo");
    Leaf("ValidationTime", Time(report.validation_time));
    // Without a proof the signature is known to exist now, and no earlier (§4.2.5.3).
    Open("BestSignatureTime");
    Leaf("POETime", Time(it.best_time.value_or(report.validation_time)));
    Leaf("TypeOfProof", "urn:etsi:019102:poetype:validation");
    Close();
    Close();
    Document(report);
    Attributes(it);
    if (it.signer) {
      Open("SignerInformation");
      Empty("SignerCertificate", Concat("VOReference=\"C", it.signer->sha256, "\""));
      Leaf("Signer", it.signer->subject);
      Close();
    }
    Open("SignatureQuality");
    Leaf("SignatureQualityInformation", Concat("urn:sceau:qualification:", it.qualification));
    Close();
    Open("SignatureValidationProcess");
    Leaf("SignatureValidationProcessID", it.best_time ? "urn:etsi:019102:validationprocess:LTVM"
                                                      : "urn:etsi:019102:validationprocess:Basic");
    Close();
    Status(it);
    Close();
  }

  // The file, by its digest.
  void Document(const FileReport& report) {
    if (report.sha256.empty()) return;
    Open("SignersDocument");
    Digest(report.sha256);
    Close();
  }
  void Digest(const std::string& hexadecimal) {
    Open("DigestAlgAndValue");
    Empty("ds:DigestMethod", Concat("Algorithm=\"", kSha256, "\""));
    Leaf("ds:DigestValue", ToBase64(absl::HexStringToBytes(hexadecimal)));
    Close();
  }

  // What the signer claims, as signed attributes (annex A).
  void Attributes(const SignatureReport& it) {
    absl::Time claimed;
    std::string error;
    const bool timed = absl::ParseTime(absl::RFC3339_full, it.claimed_time, &claimed, &error);
    const bool placed = !(it.city.empty() && it.postal_code.empty() && it.country.empty());
    if (!timed && !placed && it.claimed_role.empty() && it.policy_id.empty()) return;
    constexpr std::string_view kSigned = "Signed=\"true\"";
    Open("SignatureAttributes");
    if (timed) {
      Open("SigningTime", kSigned);
      Leaf("Time", Time(claimed));
      Close();
    }
    if (!it.policy_id.empty()) {
      Open("SigPolicyIdentifier", kSigned);
      Leaf("SigPolicyId", it.policy_id);
      Close();
    }
    if (placed) {
      Open("SignatureProductionPlace", kSigned);
      for (const std::string* part : {&it.city, &it.postal_code, &it.country}) {
        if (!part->empty()) Leaf("AddressString", *part);
      }
      Close();
    }
    if (!it.claimed_role.empty()) {
      Open("SignerRole", kSigned);
      Open("RoleDetails");
      Leaf("Role", it.claimed_role);
      Leaf("EndorsementType", "claimed");
      Close();
      Close();
    }
    Close();
  }

  void Status(const SignatureReport& it) {
    Open("SignatureValidationStatus");
    Leaf("MainIndication", Concat("urn:etsi:019102:mainindication:",
                                  kIndications[static_cast<size_t>(it.indication)]));
    if (!it.sub_indication.empty()) {
      Leaf("SubIndication", Concat("urn:etsi:019102:subindication:", it.sub_indication));
    }
    Open("AssociatedValidationReportData");
    Open("AdditionalValidationReportData");
    Data("urn:sceau:integrity", NameOf(it.integrity));
    Data("urn:sceau:scope", Concat(NameOf(it.scope), " ", it.of));
    for (const std::string& path : it.covers) Data("urn:sceau:covers", path);
    Data("urn:sceau:competence", NameOf(it.competence));
    for (const verifier::SignatureReason& reason : it.reasons) {
      Reason(reason.code, Describe(reason, lang_));
    }
    Close();
    Close();
    Close();
  }
  void Reason(std::string_view code, std::string_view text) {
    Data(Concat("urn:sceau:reason:", code), text);
  }
  void Data(std::string_view type, std::string_view value) {
    Open("ReportData");
    Leaf("Type", type);
    Leaf("Value", value);
    Close();
  }

  const Lang lang_;
  const TextSink& sink_;
  std::vector<std::string> open_;
};

}  // namespace

EtsiReport::EtsiReport(Lang lang, const TextSink& sink) : lang_(lang), sink_(sink) {
  sink_(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<ValidationReport xmlns=\"http://uri.etsi.org/19102/v1.4.1#\" "
      "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">\n");
}

void EtsiReport::File(const FileReport& report) {
  Writer(lang_, sink_).File(report);
  for (const SignatureReport& it : report.signatures) {
    if (it.signer) certificates_.insert(it.signer->sha256);
  }
}

void EtsiReport::Finish() {
  Writer(lang_, sink_).Certificates(certificates_);
  sink_("</ValidationReport>\n");
}

}  // namespace sceau::cli
