// The words of the HTML page alone; those of every report are in report_words.h.
#pragma once

#include <string_view>

#include "base/lang.h"
#include "schemas/pes.h"

namespace sceau::cli {

struct VerdictWords {
  Text title, meaning;
};
// In the order of verifier::Verdict.
inline constexpr VerdictWords kVerdicts[] = {
    {{"Signatures valides", "Valid signatures"},
     {"Tout ce qui doit être signé l'est, et rien de ce qui est signé n'a changé.",
      "All that must be signed is, and nothing that is signed has changed."}},
    {{"Il manque une signature", "A signature is missing"},
     {"Les signatures présentes sont valides, mais une partie qui doit être signée ne l'est pas.",
      "The signatures that are there are valid, but a part that must be signed is not."}},
    {{"On ne peut pas conclure", "No conclusion is possible"},
     {"Rien ne montre une altération, mais il manque de quoi dire que les signatures sont valides.",
      "Nothing shows an alteration, but something is missing to say that the signatures are "
      "valid."}},
    {{"Signature invalide", "Invalid signature"},
     {"Au moins une signature est invalide : ne vous fiez pas à ce fichier.",
      "At least one signature is invalid: do not rely on this file."}},
    {{"Aucune signature", "No signature"},
     {"Le fichier n'est pas signé.", "The file is not signed."}},
    {{"Fichier refusé", "File refused"}, {"Il n'a pas pu être jugé.", "It could not be judged."}},
};

struct ShadeMark {
  std::string_view css, sign;
};
// In the order of Shade.
inline constexpr ShadeMark kShades[] = {{"ok", "✓"}, {"unsure", "?"}, {"bad", "✗"}, {"none", "–"}};

struct QualificationWords {
  std::string_view name;
  Text words;
};
inline constexpr QualificationWords kQualifications[] = {
    {"QES",
     {"signature électronique qualifiée : elle vaut signature manuscrite",
      "qualified electronic signature: it has the effect of a handwritten one"}},
    {"QESEAL", {"cachet électronique qualifié", "qualified electronic seal"}},
    {"ADES_QC",
     {"signature avancée, certificat qualifié", "advanced signature, qualified certificate"}},
    {"ADES_QC_SEAL",
     {"cachet avancé, certificat qualifié", "advanced seal, qualified certificate"}},
    {"NOT_QUALIFIED", {"signature non qualifiée", "not a qualified signature"}},
    {"UNKNOWN",
     {"inconnue : aucune liste de confiance ne renseigne sur l'émetteur du certificat",
      "unknown: no trusted list at hand tells about the certificate's issuer"}},
};

struct KindWords {
  schemas::Kind kind;
  Text words;
};
inline constexpr KindWords kKinds[] = {
    {schemas::Kind::kPesAller,
     {"bordereaux et pièces justificatives pour le comptable",
      "bordereaux and supporting documents for the accountant"}},
    {schemas::Kind::kPesAcquit, {"acquit du comptable", "the accountant's acknowledgement"}},
    {schemas::Kind::kBudgetAct, {"acte budgétaire", "budget act"}},
    {schemas::Kind::kCfu, {"compte financier unique", "compte financier unique"}},
    {schemas::Kind::kXml, {"document XML", "XML document"}},
    {schemas::Kind::kPdf, {"document PDF", "PDF document"}},
};

}  // namespace sceau::cli
