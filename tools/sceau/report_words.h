// The words of a verdict, the same in every report that people read. Each table is in the order of
// its enumeration (verifier/report.h, verifier/signature_report.h).
#pragma once

#include <string_view>

#include "base/lang.h"

namespace sceau::cli {

inline constexpr Text kIndicationWords[] = {
    {"VALIDE", "VALID"}, {"INVALIDE", "INVALID"}, {"INDÉTERMINÉE", "INDETERMINATE"}};
inline constexpr Text kIntegrityWords[] = {
    {"intacte : le contenu couvert n'a pas changé", "intact: what is covered has not changed"},
    {"rompue : le contenu couvert ou la signature a changé",
     "broken: what is covered or the signature has changed"},
    {"non vérifiée", "not checked"}};
inline constexpr Text kCompetenceWords[] = {
    {"compétent", "competent"},
    {"une justification manque", "a justification is missing"},
    {"sans compétence", "not competent"},
    {"inconnue ici", "unknown here"}};
inline constexpr Text kUnsignedWords[] = {
    {"la signature manque", "the signature is missing"},
    {"non dématérialisé : signé sur papier", "not dematerialised: signed on paper"}};

template <size_t N, typename Enum>
std::string_view WordOf(const Text (&words)[N], Enum value, Lang lang) {
  return words[static_cast<size_t>(value)].In(lang);
}

}  // namespace sceau::cli
