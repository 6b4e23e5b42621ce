#include "tools/sceau/report_html.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/embedded.h"
#include "base/strings.h"
#include "tools/sceau/findings_text.h"
#include "tools/sceau/html.h"
#include "tools/sceau/report_advice.h"
#include "tools/sceau/report_html_words.h"
#include "tools/sceau/report_map.h"
#include "tools/sceau/report_words.h"

namespace sceau::cli {

absl::Span<const EmbeddedFile> ReportStyle();

namespace {

using verifier::FileReport;
using verifier::SignatureReport;

constexpr std::string_view kMonths[] = {"janvier",   "février", "mars",     "avril",
                                        "mai",       "juin",    "juillet",  "août",
                                        "septembre", "octobre", "novembre", "décembre"};

std::string Moment(absl::Time time, Lang lang) {
  const absl::TimeZone utc = absl::UTCTimeZone();
  if (lang == Lang::kEn) return absl::FormatTime("%-d %B %Y, %H:%M:%S UTC", time, utc);
  const absl::CivilSecond at = absl::ToCivilSecond(time, utc);
  return absl::StrFormat("%d%s %s %d à %d h %02d min %02d s (UTC)", at.day(),
                         at.day() == 1 ? "er" : "", Absl(kMonths[at.month() - 1]), at.year(),
                         at.hour(), at.minute(), at.second());
}

// The common name in a name by RFC 4514, else the whole name.
std::string ShortName(const std::string& name) {
  size_t at = name.starts_with("CN=") ? 0 : name.find(",CN=");
  if (at == std::string::npos) return name;
  at = name.find('=', at) + 1;
  std::string out;
  for (; at < name.size() && name[at] != ',' && name[at] != '+'; ++at) {
    if (name[at] == '\\' && at + 1 < name.size()) ++at;
    out += name[at];
  }
  return out;
}

class Page {
 public:
  Page(Lang lang, const TextSink& sink) : lang_(lang), sink_(sink) {}

  void Begin() {
    const std::string_view title =
        In("Rapport de vérification de signatures", "Report on the verification of signatures");
    Write("<!DOCTYPE html>\n<html lang=\"", In("fr", "en"),
          "\">\n<head>\n<meta charset=\"utf-8\">\n",
          "<meta http-equiv=\"Content-Security-Policy\" "
          "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n",
          "<meta name=\"viewport\" content=\"width=device-width\">\n<title>", title,
          "</title>\n<style>\n", ReportStyle()[0].text, "</style>\n</head>\n<body>\n<h1>", title,
          "</h1>\n");
  }

  void Summary(const std::vector<FileOutcome>& files) {
    Write("<table class=\"summary\">\n<tr><th>", In("Fichier", "File"),
          "</th><th>Signatures</th><th>", In("Verdict", "Verdict"), "</th></tr>\n");
    for (const FileOutcome& it : files) {
      Write("<tr><td>", HtmlValue(it.file), "</td><td>", it.signatures, "</td><td>",
            MarkOf(ShadeOf(it.verdict)).sign, " ", WordsOf(it.verdict).title.In(lang_),
            "</td></tr>\n");
    }
    Write("</table>\n");
  }

  void Log(const verifier::LogAccount& it) {
    Write("<section>\n<h2>", In("Journal d'audit", "Audit log"), "</h2>\n");
    if (it.first_bad) {
      Problem(Concat(audit::MeaningOf(it.first_bad->fault).In(lang_), " [",
                     audit::NameOf(it.first_bad->fault), "]"),
              In("Rien de ce qui suit dans le journal ne prouve quoi que ce soit : demandez le "
                 "journal entier, et cherchez qui l'a changé.",
                 "Nothing that follows in the log proves anything: ask for the whole log, and find "
                 "out who changed it."),
              "bad");
    }
    Write("<table>\n");
    Row(In("Enregistrements", "Records"), Concat(it.records));
    Row(In("Horodatés jusqu'au n°", "Time-stamped up to no."), Concat(it.stamped));
    Row(In("Fichiers signés", "Files signed"), Concat(it.released));
    Row(In("Absents d'ici", "Not among these files"), Concat(it.missing.size()));
    Write("</table>\n");
    for (const std::string& why : it.unproven) {
      Problem(
          Concat(In("Horodatage du journal non retenu : ", "Time stamp of the log not relied on: "),
                 why),
          "", "unsure");
    }
    Missing(it);
    Write("</section>\n");
  }

  void File(const FileReport& it) {
    Write("<section class=\"file\">\n<h2>", HtmlValue(it.file), "</h2>\n");
    Judged(it);
    Write("</section>\n");
  }

  void End() {
    Write(
        "<footer>",
        In("« Déclaré » : ce que le signataire affirme ; rien ne le prouve. « Prouvé » : établi "
           "par "
           "l'horodatage d'un tiers. La validité est jugée selon ETSI EN 319 102-1. Ce rapport ne "
           "dit si le signataire avait le pouvoir de signer que s'il a été fait avec un registre "
           "des "
           "compétences.",
           "\"Claimed\": what the signer states; nothing proves it. \"Proven\": established by a "
           "third party's time stamp. Validity is judged by ETSI EN 319 102-1. This report "
           "says whether the signer had the power to sign only when it was made with a register of "
           "competences."),
        "</footer>\n</body>\n</html>\n");
  }

 private:
  void Missing(const verifier::LogAccount& it) {
    if (it.missing.empty()) return;
    Problem(
        In("Signés selon le journal, absents d'ici :", "Signed by the log, not among these files:"),
        "", "unsure");
    Write("<ul>\n");
    size_t shown = 0;
    for (const auto& [sha256, file] : it.missing) {
      if (++shown > kMaxParts) break;
      Write("<li><code>", sha256, "</code> (n° ", file.record, ", ", HtmlValue(file.time), ", ",
            HtmlValue(file.request), ")</li>\n");
    }
    Write("</ul>\n");
    LeftOut(it.missing.size(), kMaxParts);
  }

  void Judged(const FileReport& it) {
    const ShadeMark& mark = MarkOf(ShadeOf(it.verdict));
    Write("<div class=\"band ", mark.css, "\"><div class=\"sign\" aria-hidden=\"true\">", mark.sign,
          "</div><div><strong>", WordsOf(it.verdict).title.In(lang_), "</strong>",
          WordsOf(it.verdict).meaning.In(lang_), "</div></div>\n");
    if (it.verdict == verifier::Verdict::kRefused) {
      Problem(Describe(it.refusal, lang_),
              InfoOf(ReasonOf(it.refusal).value_or(Reason::kInternal)).remedy.In(lang_), "bad");
      return;
    }
    Facts(it);
    Picture(it);
    Signatures(it);
    Findings(it);
    Attachments(it);
  }

  // Each with a verdict of its own, which is not the file's.
  void Attachments(const FileReport& it) {
    for (size_t i = 0; i < std::min(it.attachments.size(), kMaxParts); ++i) {
      Write("<section class=\"inside\">\n<h2>",
            In("Dans la pièce justificative ", "In the supporting document "),
            HtmlValue(it.attachments[i].attachment_id), "</h2>\n");
      Judged(it.attachments[i]);
      Write("</section>\n");
    }
    LeftOut(it.attachments.size(), kMaxParts);
  }

  std::string_view In(std::string_view fr, std::string_view en) const {
    return Text{fr, en}.In(lang_);
  }
  template <typename... T>
  void Write(const T&... pieces) {
    sink_(Concat(pieces...));
  }
  static const ShadeMark& MarkOf(Shade shade) { return kShades[static_cast<size_t>(shade)]; }
  static const VerdictWords& WordsOf(verifier::Verdict verdict) {
    return kVerdicts[static_cast<size_t>(verdict)];
  }
  // `content` is HTML.
  void Row(std::string_view name, std::string_view content) {
    Write("<tr><th>", name, "</th><td>", content, "</td></tr>\n");
  }
  void Problem(std::string_view what, std::string_view todo, std::string_view css) {
    Write("<div class=\"problem ", css, "\"><p>", Html(what), "</p>");
    if (!todo.empty()) {
      Write("<p class=\"todo\">", In("Que faire : ", "What to do: "), todo, "</p>");
    }
    Write("</div>\n");
  }

  void Facts(const FileReport& it) {
    Write("<table>\n");
    Row(In("Nature du document", "Kind of document"), KindText(it.kind));
    Row(In("Jugé pour l'instant", "Judged for the instant"), Moment(it.validation_time, lang_));
    Row(In("Empreinte SHA-256", "SHA-256 digest"), Concat("<code>", it.sha256, "</code>"));
    Write("</table>\n");
  }

  std::string KindText(schemas::Kind kind) const {
    for (const KindWords& known : kKinds) {
      if (known.kind == kind)
        return Concat(known.words.In(lang_), " <code>", NameOf(kind), "</code>");
    }
    return std::string(NameOf(kind));
  }

  void Picture(const FileReport& it) {
    const FileMap map = MapOf(it, lang_);
    if (map.parts.empty() && map.whole == Shade::kNone) return;
    Write("<h2>", In("Ce qui est couvert", "What is covered"), "</h2>\n<div class=\"map ",
          MarkOf(map.whole).css, "\">\n<p>");
    if (map.whole == Shade::kNone) {
      Write(In("Le fichier, partie par partie", "The file, part by part"));
    } else {
      Write(MarkOf(map.whole).sign, " ",
            In("Une signature couvre le fichier entier", "A signature covers the whole file"));
    }
    Write("</p>\n<ul>\n");
    for (size_t i = 0; i < std::min(map.parts.size(), kMaxParts); ++i) {
      const FilePart& part = map.parts[i];
      Write("<li class=\"", MarkOf(part.shade).css, "\"><b>", MarkOf(part.shade).sign, " ",
            HtmlValue(part.name), "</b>", part.what, "</li>\n");
    }
    Write("</ul>\n");
    LeftOut(map.parts.size(), kMaxParts);
    Write("</div>\n");
  }

  void LeftOut(size_t all, size_t shown) {
    if (all <= shown) return;
    Write("<p>", In("Non montrés ici : ", "Not shown here: "), all - shown, "</p>\n");
  }

  // Those that say the same, together.
  void Signatures(const FileReport& it) {
    if (it.signatures.empty()) return;
    Write("<h2>", In("Signatures", "Signatures"), " (", it.signatures.size(), ")</h2>\n");
    struct Group {
      SignatureReport first;
      std::vector<std::string> of;
      size_t count = 0;
    };
    std::vector<Group> groups;
    absl::flat_hash_map<std::pair<verifier::SignatureTraits, int>, size_t> known;
    size_t different = 0;
    for (const SignatureReport& signature : it.signatures) {
      const int rest =
          static_cast<int>(signature.integrity) * 8 + static_cast<int>(signature.scope);
      const auto [found, added] = known.try_emplace({signature, rest}, groups.size());
      if (added && ++different <= kMaxCards) groups.push_back({signature, {}, 0});
      if (found->second >= groups.size()) continue;
      Group& group = groups[found->second];
      ++group.count;
      if (group.of.size() < kMaxParts) group.of.push_back(signature.of);
    }
    for (const Group& group : groups) Card(group.first, group.of, group.count);
    LeftOut(different, kMaxCards);
  }

  void Card(const SignatureReport& it, const std::vector<std::string>& of, size_t count) {
    Write("<article class=\"card ", MarkOf(ShadeOf(it.indication)).css, "\">\n<p class=\"who\">",
          it.signer ? HtmlValue(ShortName(it.signer->subject))
                    : std::string(In("Signataire inconnu", "Unknown signer")),
          "</p>\n<table>\n");
    Row(In("Verdict", "Verdict"),
        Concat(MarkOf(ShadeOf(it.indication)).sign, " ",
               WordOf(kIndicationWords, it.indication, lang_), " <code>", NameOf(it.indication),
               it.sub_indication.empty() ? "" : ", ", Html(it.sub_indication), "</code>"));
    Row(In("Qualité", "Role"), Role(it));
    Row(In("Date", "Date"), Dates(it));
    const std::string place = Place(it);
    if (!place.empty()) Row(In("Lieu", "Place"), place + Claimed());
    Row(In("Couvre", "Covers"), Covered(it, of, count));
    Row(In("Intégrité", "Integrity"), WordOf(kIntegrityWords, it.integrity, lang_));
    if (it.signer) {
      Row(In("Certificat", "Certificate"),
          Concat(HtmlValue(it.signer->subject), "<br>", In("émis par ", "issued by "),
                 HtmlValue(it.signer->issuer), "<br><code>", In("n° ", "no. "),
                 Html(it.signer->serial), "</code>"));
    }
    Row(In("Qualification", "Qualification"), Qualification(it));
    Row(In("Compétence", "Competence"), Concat(WordOf(kCompetenceWords, it.competence, lang_),
                                               " <code>", NameOf(it.competence), "</code>"));
    Write("</table>\n");
    for (const verifier::SignatureReason& reason : it.reasons) {
      if (ProvesTime(reason)) continue;  // beside the date
      const bool error = reason.severity == schemas::Severity::kError;
      const bool broken = it.indication == verifier::Indication::kTotalFailed;
      Problem(Describe(reason, lang_), AdviceFor(reason, lang_),
              error && broken ? "bad" : "unsure");
    }
    Write("</article>\n");
  }

  std::string Claimed() const {
    return Concat(" <span class=\"claim\">(",
                  In("déclaré par le signataire", "claimed by the signer"), ")</span>");
  }
  std::string Role(const SignatureReport& it) const {
    if (it.claimed_role.empty()) return std::string(In("non déclarée", "not claimed"));
    return HtmlValue(it.claimed_role) + Claimed();
  }
  std::string Dates(const SignatureReport& it) const {
    std::string out;
    if (it.best_time) {
      out = Concat("<span class=\"proof\">",
                   In("Prouvée : au plus tard le ", "Proven: at the latest "),
                   Moment(*it.best_time, lang_), "</span><br>");
    } else {
      out = Concat("<span class=\"proof\">", In("Aucune date prouvée", "No time is proven"),
                   "</span><br>");
    }
    for (const verifier::SignatureReason& reason : it.reasons) {
      if (ProvesTime(reason)) AppendTo(out, Html(Describe(reason, lang_)), "<br>");
    }
    if (it.claimed_time.empty()) return out;
    absl::Time claimed;
    std::string error;
    const bool readable = absl::ParseTime(absl::RFC3339_full, it.claimed_time, &claimed, &error);
    return out + Concat(In("Déclarée : ", "Claimed: "),
                        readable ? Moment(claimed, lang_) : HtmlValue(it.claimed_time));
  }
  static std::string Place(const SignatureReport& it) {
    std::string out;
    for (const std::string* part : {&it.city, &it.postal_code, &it.country}) {
      if (!part->empty()) AppendTo(out, out.empty() ? "" : ", ", HtmlValue(*part));
    }
    return out;
  }
  std::string Covered(const SignatureReport& it, const std::vector<std::string>& of,
                      size_t count) const {
    if (it.scope == schemas::Scope::kWhole) {
      return std::string(In("le fichier entier", "the whole file"));
    }
    if (it.scope == schemas::Scope::kOther) {
      return std::string(In("rien que le format admette", "nothing that the format admits"));
    }
    std::string out(count > 1 ? In("les bordereaux ", "the bordereaux ")
                              : In("le bordereau ", "the bordereau "));
    for (size_t i = 0; i < of.size(); ++i) AppendTo(out, i > 0 ? ", " : "", HtmlValue(of[i]));
    if (count > of.size())
      AppendTo(out, In(" et ", " and "), count - of.size(), In(" autres", " more"));
    return out;
  }
  std::string Qualification(const SignatureReport& it) const {
    for (const QualificationWords& known : kQualifications) {
      if (known.name == it.qualification) return std::string(known.words.In(lang_));
    }
    return Html(it.qualification);
  }

  void Findings(const FileReport& it) {
    if (it.findings.empty()) return;
    Write("<h2>", In("Constats sur le document", "Findings on the document"), "</h2>\n<ul>\n");
    for (size_t i = 0; i < std::min(it.findings.size(), kMaxParts); ++i) {
      Write("<li>", Html(FindingLine(it.findings[i], lang_)), "</li>\n");
    }
    Write("</ul>\n");
    LeftOut(it.findings.size(), kMaxParts);
  }

  const Lang lang_;
  const TextSink& sink_;
};

}  // namespace

void WriteHtmlHead(Lang lang, const TextSink& sink) { Page(lang, sink).Begin(); }

void WriteHtmlSummary(const std::vector<FileOutcome>& files, Lang lang, const TextSink& sink) {
  if (files.size() > 1) Page(lang, sink).Summary(files);
}

void WriteHtmlLog(const verifier::LogAccount& log, Lang lang, const TextSink& sink) {
  Page(lang, sink).Log(log);
}

void WriteHtmlFile(const FileReport& report, Lang lang, const TextSink& sink) {
  Page(lang, sink).File(report);
}

void WriteHtmlFoot(Lang lang, const TextSink& sink) { Page(lang, sink).End(); }

}  // namespace sceau::cli
