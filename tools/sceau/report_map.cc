#include "tools/sceau/report_map.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "tools/sceau/report_words.h"

namespace sceau::cli {
namespace {

// In the order of verifier::Indication.
constexpr Text kSigned[] = {{"signature valide", "valid signature"},
                            {"signature invalide", "invalid signature"},
                            {"signature indéterminée", "indeterminate signature"}};
constexpr Text kNotCovered = {"couvert par aucune signature", "covered by no signature"};

struct PartName {
  std::string_view element;
  Text words;
};
constexpr PartName kParts[] = {
    {"Enveloppe", {"Enveloppe du fichier", "The file's envelope"}},
    {"EnTetePES",
     {"En-tête (collectivité, poste comptable)", "Header (collectivité, accountant's office)"}},
    {"PES_PJ", {"Pièces justificatives", "Supporting documents"}},
    {"PES_Facture", {"Factures", "Invoices"}},
    {"PES_Marche", {"Marchés", "Contracts"}},
    {"EnTeteDepense", {"En-tête des dépenses", "Header of the expenses"}},
    {"EnTeteRecette", {"En-tête des recettes", "Header of the revenues"}},
};

std::string NameOfPart(std::string_view element, Lang lang) {
  const auto* found = std::find_if(std::begin(kParts), std::end(kParts),
                                   [&](const PartName& it) { return it.element == element; });
  return std::string(found == std::end(kParts) ? element : found->words.In(lang));
}

}  // namespace

Shade ShadeOf(verifier::Indication indication) {
  constexpr Shade kShades[] = {Shade::kOk, Shade::kBad, Shade::kUnsure};
  return kShades[static_cast<size_t>(indication)];
}

Shade ShadeOf(verifier::Verdict verdict) {
  constexpr Shade kShades[] = {Shade::kOk,  Shade::kBad,  Shade::kUnsure,
                               Shade::kBad, Shade::kNone, Shade::kNone};
  return kShades[static_cast<size_t>(verdict)];
}

FileMap MapOf(const verifier::FileReport& report, Lang lang) {
  FileMap map;
  for (const verifier::SignatureReport& it : report.signatures) {
    const Shade shade = ShadeOf(it.indication);
    if (it.scope == schemas::Scope::kWhole) {
      // The worst of several.
      const bool worse = map.whole == Shade::kNone || shade == Shade::kBad ||
                         (shade == Shade::kUnsure && map.whole == Shade::kOk);
      if (worse) map.whole = shade;
    } else if (it.scope == schemas::Scope::kBordereau) {
      map.parts.push_back({it.of, std::string(WordOf(kSigned, it.indication, lang)), shade});
    }
  }
  for (const verifier::UnsignedElement& it : report.unsigned_elements) {
    const bool missing = it.why == verifier::UnsignedWhy::kMissing;
    map.parts.push_back({it.of, std::string(WordOf(kUnsignedWords, it.why, lang)),
                         missing ? Shade::kBad : Shade::kNone});
  }
  for (const std::string& path : report.not_covered) {
    const std::string_view element = std::string_view(path).substr(path.rfind('/') + 1);
    // Bordereaux stand in the picture already.
    if (element.starts_with("Bordereau[")) continue;
    map.parts.push_back(
        {NameOfPart(element, lang), std::string(kNotCovered.In(lang)), Shade::kNone});
  }
  return map;
}

}  // namespace sceau::cli
