#include "tools/sceau/findings_text.h"

#include "base/strings.h"
#include "tools/sceau/display.h"

namespace sceau::cli {

std::string_view SeverityWord(schemas::Severity severity, Lang lang) {
  constexpr Text kWords[] = {
      {"erreur", "error"}, {"avertissement", "warning"}, {"information", "information"}};
  return kWords[static_cast<size_t>(severity)].In(lang);
}

std::string FindingLine(const schemas::Finding& finding, Lang lang) {
  const bool french = lang == Lang::kFr;
  std::string line = Concat(SeverityWord(finding.severity, lang), " ", finding.rule);
  if (finding.place.line > 0) {
    AppendTo(line, french ? " (ligne " : " (line ", finding.place.line,
             french ? ", colonne " : ", column ", finding.place.column, ")");
  }
  AppendTo(line, french ? " : " : ": ", Printable(Describe(finding, lang)));
  return line;
}

}  // namespace sceau::cli
