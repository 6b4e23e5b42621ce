#include "tools/sceau/report_text.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "base/strings.h"
#include "tools/sceau/display.h"
#include "tools/sceau/findings_text.h"
#include "tools/sceau/report_words.h"

namespace sceau::cli {
namespace {

using verifier::FileReport;
using verifier::SignatureReport;

// In the order of the enumerations of verifier/report.h.
constexpr Text kVerdicts[] = {{"VALIDE", "VALID"},
                              {"INCOMPLET : une signature obligatoire manque",
                               "INCOMPLETE: a mandatory signature is missing"},
                              {"INDÉTERMINÉ", "INDETERMINATE"},
                              {"INVALIDE", "INVALID"},
                              {"AUCUNE SIGNATURE", "NO SIGNATURE"},
                              {"REFUSÉ", "REFUSED"}};
constexpr Text kShortVerdicts[] = {
    {"VALIDE", "VALID"},     {"INCOMPLET", "INCOMPLETE"},          {"INDÉTERMINÉ", "INDETERMINATE"},
    {"INVALIDE", "INVALID"}, {"AUCUNE SIGNATURE", "NO SIGNATURE"}, {"REFUSÉ", "REFUSED"}};
constexpr Text kPolicyHashes[] = {{"empreinte conforme", "hash matches"},
                                  {"empreinte différente", "hash differs"},
                                  {"sans empreinte", "no hash"},
                                  {"empreinte non comparée", "hash not compared"}};

// Of UTF-8: what a terminal shows in so many columns.
size_t Letters(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

class Writer {
 public:
  Writer(Lang lang, const TextSink& sink) : lang_(lang), sink_(sink) {}

  void File(const FileReport& it) {
    Line(Printable(it.file), Colon(), WordOf(kVerdicts, it.verdict, lang_), " [",
         NameOf(it.verdict), "]");
    if (it.verdict == verifier::Verdict::kRefused) {
      Line("  ", Printable(sceau::Describe(it.refusal, lang_)));
      return;
    }
    Line("  ", NameOf(it.kind), ", SHA-256 ", it.sha256);
    Line(In("  Jugé pour l'instant ", "  Judged for the instant "),
         absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", it.validation_time, absl::UTCTimeZone()));
    for (const SignatureReport& signature : it.signatures) Signature(signature);
    Rest(it);
    for (const FileReport& attachment : it.attachments) {
      Line();
      Line(In("  Dans la pièce justificative ", "  In the supporting document "),
           Printable(attachment.attachment_id), Colon());
      File(attachment);
    }
  }

 private:
  void Line() { sink_("\n"); }

  std::string_view In(std::string_view fr, std::string_view en) const {
    return Text{fr, en}.In(lang_);
  }
  std::string_view Colon() const { return In(" : ", ": "); }
  template <typename... T>
  void Line(const T&... pieces) {
    sink_(Concat(pieces..., "\n"));
  }
  void Item(std::string_view name, std::string_view value) {
    if (!value.empty()) Line("    ", name, Colon(), Printable(value));
  }

  void Signature(const SignatureReport& it) {
    Line();
    Line("  Signature ", Printable(it.id), Target(it), Colon(),
         WordOf(kIndicationWords, it.indication, lang_), " [", NameOf(it.indication),
         it.sub_indication.empty() ? "" : ", ", it.sub_indication, "]");
    Item(In("Intégrité", "Integrity"), WordOf(kIntegrityWords, it.integrity, lang_));
    if (it.signer) {
      Item(In("Signataire", "Signer"), it.signer->subject);
      Item(In("  certificat émis par", "  certificate issued by"), it.signer->issuer);
      Item(In("  n° de série", "  serial number"), it.signer->serial);
    } else {
      Item(In("Signataire", "Signer"), In("inconnu", "unknown"));
    }
    Item(In("Qualité déclarée", "Claimed role"), it.claimed_role);
    Item(In("Lieu déclaré", "Claimed place"), PlaceText(it));
    if (!it.claimed_time.empty()) {
      Item(In("Date déclarée par le signataire (non prouvée)",
              "Time claimed by the signer (not proven)"),
           it.claimed_time);
    }
    if (it.best_time) {
      const bool outside = std::any_of(it.reasons.begin(), it.reasons.end(), [](const auto& why) {
        return why.code == "EXISTENCE_PROVEN_OUTSIDE";
      });
      Item(outside ? In("Existait au plus tard le (prouvé)", "Existed at the latest (proven)")
                   : In("Existait au plus tard le (prouvé par horodatage)",
                        "Existed at the latest (proven by a time stamp)"),
           absl::FormatTime(absl::RFC3339_sec, *it.best_time, absl::UTCTimeZone()));
    }
    if (!it.policy_id.empty()) {
      Item(In("Politique", "Policy"),
           Concat(it.policy_id, " (",
                  it.policy_known ? In("connue", "known") : In("inconnue", "unknown"), ", ",
                  WordOf(kPolicyHashes, it.policy_hash, lang_), ")"));
    }
    Item(In("Compétence", "Competence"),
         Concat(WordOf(kCompetenceWords, it.competence, lang_), " [", NameOf(it.competence), "]"));
    Item(In("Forme", "Form"), Concat(it.format, " ", it.level));
    for (const std::string& path : it.covers) Item(In("Couvre", "Covers"), path);
    for (const verifier::SignatureReason& reason : it.reasons) {
      Line("    ", SeverityWord(reason.severity, lang_), " ", reason.code, Colon(),
           Printable(Describe(reason, lang_)));
    }
  }

  std::string Target(const SignatureReport& it) const {
    if (it.scope == schemas::Scope::kBordereau) {
      return Concat(In(" du bordereau ", " of the bordereau "), Printable(it.of));
    }
    if (it.scope == schemas::Scope::kWhole)
      return std::string(In(" du fichier entier", " of the whole file"));
    return {};
  }

  static std::string PlaceText(const SignatureReport& it) {
    std::string text;
    for (const std::string* part : {&it.city, &it.postal_code, &it.country}) {
      if (!part->empty()) AppendTo(text, text.empty() ? "" : ", ", *part);
    }
    return text;
  }

  void Rest(const FileReport& it) {
    if (!it.unsigned_elements.empty()) {
      Line();
      Line(In("  Non signé :", "  Not signed:"));
      for (const verifier::UnsignedElement& element : it.unsigned_elements) {
        Line("    ", NameOf(element.scope), " ", Printable(element.of), Colon(),
             WordOf(kUnsignedWords, element.why, lang_));
      }
    }
    if (!it.not_covered.empty()) {
      Line();
      Line(In("  Couvert par aucune signature :", "  Covered by no signature:"));
      for (const std::string& path : it.not_covered) Line("    ", Printable(path));
    }
    if (!it.findings.empty()) {
      Line();
      Line(In("  Constats :", "  Findings:"));
      for (const schemas::Finding& finding : it.findings) {
        Line("    ", FindingLine(finding, lang_));
      }
    }
  }

  const Lang lang_;
  const TextSink& sink_;
};

}  // namespace

void WriteReportText(const FileReport& report, Lang lang, const TextSink& sink) {
  Writer(lang, sink).File(report);
}

void WriteSummaryText(const std::vector<FileOutcome>& files, Lang lang, const TextSink& sink) {
  constexpr Text kFiles = {"Fichiers", "Files"};
  size_t width = 0;
  for (const Text& word : kShortVerdicts) width = std::max(width, Letters(word.In(lang)));
  size_t counts[std::size(kShortVerdicts)] = {};
  for (const FileOutcome& it : files) {
    const auto verdict = static_cast<size_t>(it.verdict);
    ++counts[verdict];
    const std::string_view word = kShortVerdicts[verdict].In(lang);
    sink(Concat("  ", word, std::string(width - Letters(word) + 2, ' '),
                absl::StrFormat("%6d  ", it.signatures), Printable(it.file), "\n"));
  }
  sink(Concat("\n  ", kFiles.In(lang), lang == Lang::kFr ? " : " : ": ", files.size()));
  for (size_t i = 0; i < std::size(counts); ++i) {
    if (counts[i] > 0) sink(Concat(", ", kShortVerdicts[i].In(lang), " ", counts[i]));
  }
  sink("\n");
}

}  // namespace sceau::cli
