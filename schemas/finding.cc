#include "schemas/finding.h"

#include "base/strings.h"

namespace sceau::schemas {
namespace {

struct RuleText {
  std::string_view rule;
  Text text;
};

constexpr RuleText kRules[] = {
    {"INFO_DEMATERIALISEE_MISSING",
     {"InfoDematerialisee vaut 0 ou manque alors que le domaine porte une signature : le comptable "
      "rejette le fichier.",
      "InfoDematerialisee is 0 or absent although the domain carries a signature: the accountant "
      "rejects the file."}},
    {"INFO_DEMATERIALISEE_WITHOUT_SIGNATURE",
     {"InfoDematerialisee vaut 1 et le bordereau n'est pas signé.",
      "InfoDematerialisee is 1 and the bordereau is not signed."}},
    {"NBRPCE_MISMATCH",
     {"NbrPce n'est pas le nombre de pièces du bordereau.",
      "NbrPce is not the number of pieces of the bordereau."}},
    {"MT_CUMUL_ANNUEL_MISSING",
     {"MtCumulAnnuel est absent ou nul alors qu'InfoDematerialisee vaut 1.",
      "MtCumulAnnuel is absent or zero although InfoDematerialisee is 1."}},
    {"BORDEREAU_NUMBER_DUPLICATE",
     {"Le numéro de bordereau figure deux fois pour cet exercice et ce type.",
      "The bordereau number stands twice for this year and type."}},
    {"BORDEREAU_WITHOUT_ID",
     {"Le bordereau n'a pas d'Id ; la signature en ajoutera un.",
      "The bordereau has no Id; signing adds one."}},
    {"PJ_DUPLICATE_ID",
     {"Deux pièces justificatives portent le même IdUnique.",
      "Two supporting documents have the same IdUnique."}},
    {"LINES_SUM_MISMATCH",
     {"La somme des lignes n'est pas le montant hors taxes du bordereau.",
      "The sum of the lines is not the bordereau's amount without tax."}},
    {"PJ_SUPPORT_CONTRADICTED",
     {"La pièce justificative est annoncée sur papier ou disque (Support 02, 03) et figure "
      "pourtant "
      "dans le fichier.",
      "The supporting document is said to be on paper or disc (Support 02, 03) and yet is in the "
      "file."}},
    {"PJ_NOT_IN_FILE",
     {"La pièce justificative annoncée n'est pas dans le fichier : elle doit déjà avoir été "
      "transmise.",
      "The supporting document referred to is not in the file: it must have been sent earlier."}},
    {"PJ_ALREADY_SENT",
     {"La pièce justificative a déjà été transmise dans un autre fichier : le comptable rejette un "
      "IdUnique qu'il connaît.",
      "The supporting document was sent in another file already: the accountant rejects an "
      "IdUnique that he knows."}},
    {"ACQUIT_REFUSED",
     {"Le comptable a rejeté cet élément.", "The accountant rejected this element."}},
    {"PJ_NOT_REFERENCED",
     {"Aucun mandat ni titre du fichier ne renvoie à cette pièce justificative, et elle n'a pas de "
      "RefCompta.",
      "No mandat or titre of the file refers to this supporting document, and it has no "
      "RefCompta."}},
    {"PJ_TYPE_DOMAIN_MISMATCH",
     {"Le TypePJ ne va pas avec le domaine de la RefCompta : le comptable rejette la pièce "
      "justificative.",
      "The TypePJ does not go with the RefCompta's domain: the accountant rejects the supporting "
      "document."}},
    {"EDITION_WITHOUT_ASAP",
     {"Le titre demande l'édition de l'ASAP (Edition 06) sans renvoyer à une pièce justificative "
      "de type 010.",
      "The titre asks for its ASAP to be printed (Edition 06) without referring to a supporting "
      "document of type 010."}},
    {"ENCODING_NOT_ISO_8859_1",
     {"Le fichier n'est pas en ISO-8859-1 : les plates-formes de transmission refusent les autres "
      "encodages.",
      "The file is not in ISO-8859-1: transmission platforms refuse other encodings."}},
    {"ATTACHMENT_NOT_BASE64",
     {"Le contenu de la pièce justificative n'est pas du base64.",
      "The supporting document's content is not base64."}},
    {"ATTACHMENT_NOT_GZIP",
     {"Le contenu de la pièce justificative n'est pas un gzip entier.",
      "The supporting document's content is not one whole gzip."}},
    {"ATTACHMENT_TOO_LARGE",
     {"Le contenu de la pièce justificative dépasse la limite une fois décompressé.",
      "The supporting document's content exceeds the limit once decompressed."}},
    {"ATTACHMENT_TYPE_MISMATCH",
     {"Le contenu de la pièce justificative n'est pas du type MIME annoncé.",
      "The supporting document's content is not of the MIME type declared."}},
    {"AGREEMENT_MISSING",
     {"Aucune convention locale n'est connue pour cette collectivité et ce poste comptable.",
      "No local agreement is known for this collectivité and this accountant."}},
    {"AGREEMENT_BUDGET",
     {"La convention locale ne prévoit pas ce budget.",
      "The local agreement does not have this budget."}},
    {"AGREEMENT_DOMAIN",
     {"La convention locale ne prévoit pas ce domaine.",
      "The local agreement does not have this domain."}},
    {"AGREEMENT_TOO_EARLY",
     {"Le bordereau est antérieur à la dématérialisation convenue.",
      "The bordereau is earlier than the dematerialisation agreed on."}},
    {"AGREEMENT_KIND_TOO_EARLY",
     {"La convention locale n'admet cette nature de pièce justificative que pour des bordereaux "
      "ultérieurs.",
      "The local agreement admits this kind of supporting document for later bordereaux only."}},
    {"AGREEMENT_FORMAT",
     {"La convention locale n'admet pas ce format de pièce justificative.",
      "The local agreement does not admit this format of supporting document."}},
    {"AGREEMENT_NAME",
     {"Le nom de la pièce justificative n'est pas celui que prévoit la convention locale.",
      "The supporting document is not named as the local agreement says."}},
    {"AGREEMENT_PDF_TEXT",
     {"La convention locale demande un PDF au texte lisible ; des pages n'en sont que l'image.",
      "The local agreement asks for a PDF with readable text; pages are only pictures of it."}},
    {"PDF_LOCKED",
     {"Le PDF est verrouillé par un mot de passe.", "The PDF is locked by a password."}},
    {"PDF_UNREADABLE", {"Le PDF ne peut pas être ouvert.", "The PDF cannot be opened."}},
    {"PDF_DAMAGED",
     {"Le PDF est endommagé ; il a pu être lu tout de même.",
      "The PDF is damaged; it could be read all the same."}},
    {"PDF_DOCUMENT_TIME_STAMP",
     {"Le PDF porte un horodatage de document.", "The PDF carries a document time stamp."}},
    {"PDF_IMAGE_ONLY",
     {"Des pages du PDF n'ont pas de texte, seulement une image.",
      "Pages of the PDF have no text, only a picture."}},
    {"ZIP_UNREADABLE", {"L'archive ZIP ne peut pas être lue.", "The ZIP archive cannot be read."}},
    {"ZIP_MEMBER_UNSAFE",
     {"Un fichier de l'archive ZIP sortirait de son dossier.",
      "A member of the ZIP archive would leave its folder."}},
    {"ZIP_MEMBER_LOCKED",
     {"Un fichier de l'archive ZIP est verrouillé par un mot de passe.",
      "A member of the ZIP archive is locked by a password."}},
    {"ZIP_MEMBER_DUPLICATE",
     {"Deux fichiers de l'archive ZIP portent le même nom.",
      "Two members of the ZIP archive have the same name."}},
    {"XML_UNREADABLE",
     {"Le document XML joint ne peut pas être lu.", "The XML document attached cannot be read."}},
    {"CONTENT_INFECTED",
     {"L'antivirus signale ce contenu.", "The virus scanner reports this content."}},
    {"VIRUS_SCAN_UNAVAILABLE",
     {"Le contenu n'a pas pu être soumis à l'antivirus.",
      "The content could not be given to the virus scanner."}},
    {"CONTENT_LIMIT_EXCEEDED",
     {"Le contenu dépasse une limite une fois ouvert (mémoire, pages, fichiers, taille).",
      "The content exceeds a limit once opened (memory, pages, members, size)."}},
    {"CONTENT_READER_FAILED",
     {"Le contenu a fait échouer le programme qui le lit, ou l'a retenu trop longtemps.",
      "The content made the program that reads it fail, or held it for too long."}},
    {"CONTENT_NOT_OPENED",
     {"Le contenu n'a pas été ouvert : trop grand, ou le temps imparti au fichier est écoulé.",
      "The content was not opened: too large, or the time allowed for the file is over."}},
    {"SCHEMA_SET_OUTDATED",
     {"Seul un jeu de schémas ancien admet ce fichier ; le plus récent en vigueur le refuse.",
      "Only an older schema set admits this file; the newest in force refuses it."}},
    {"SCHEMA_SET_MISSING",
     {"Aucun jeu de schémas installé ne connaît ce document : il n'a pas été validé.",
      "No installed schema set knows this document: it was not validated."}},
    {"ERRORS_CAPPED",
     {"Toutes les erreurs ne sont pas montrées ; leur nombre total est indiqué.",
      "Not every error is shown; their total number is given."}},
    {"SCHEMA_ELEMENT_UNEXPECTED",
     {"Cet élément n'est pas admis à cet endroit ; ce que le schéma attend est indiqué. Les "
      "éléments "
      "qui le suivent dans le même parent ne sont pas validés.",
      "This element is not admitted here; what the schema expects is shown. The elements after it "
      "in "
      "the same parent are not validated."}},
    {"SCHEMA_ELEMENT_MISSING",
     {"Il manque dans cet élément ce que le schéma attend.",
      "What the schema expects is missing in this element."}},
    {"SCHEMA_ATTRIBUTE_UNEXPECTED",
     {"Le schéma n'admet pas cet attribut.", "The schema does not admit this attribute."}},
    {"SCHEMA_ATTRIBUTE_MISSING",
     {"Il manque un attribut obligatoire.", "A mandatory attribute is missing."}},
    {"SCHEMA_TEXT_UNEXPECTED",
     {"Du texte se trouve là où le schéma n'en admet pas.",
      "There is text where the schema admits none."}},
    {"SCHEMA_TEXT_TOO_LONG",
     {"Le texte de l'élément est trop long et n'est pas du base64.",
      "The element's text is too long and is not base64."}},
    {"SCHEMA_VALUE_PATTERN",
     {"La valeur n'a pas la forme que demande le schéma.",
      "The value does not have the form the schema asks for."}},
    {"SCHEMA_VALUE_NOT_LISTED",
     {"La valeur n'est pas une de celles de la nomenclature du schéma.",
      "The value is not one of those the schema lists."}},
    {"SCHEMA_VALUE_LENGTH",
     {"La valeur n'a pas la longueur que demande le schéma.",
      "The value does not have the length the schema asks for."}},
    {"SCHEMA_VALUE_RANGE",
     {"La valeur est hors des bornes du schéma.", "The value is out of the schema's bounds."}},
    {"SCHEMA_VALUE_DIGITS", {"Le nombre a trop de chiffres.", "The number has too many digits."}},
    {"SCHEMA_VALUE_TYPE",
     {"La valeur n'est pas du type que demande le schéma.",
      "The value is not of the type the schema asks for."}},
    {"SCHEMA_KEY",
     {"Une clé que définit le schéma est en double ou introuvable.",
      "A key of the schema is double or absent."}},
    {"SCHEMA_ROOT_UNKNOWN",
     {"Le schéma ne connaît pas cet élément racine.",
      "The schema does not know this document element."}},
    {"SCHEMA_OTHER",
     {"Le document n'est pas conforme au schéma.", "The document does not conform to the schema."}},
    {"DUPLICATE_ID",
     {"Un même Id désigne deux éléments du fichier.", "One Id names two elements of the file."}},
    {"ACTE_FILE_NOT_SIGNED",
     {"Ce fichier du message @CTES n'est pas signé.",
      "This file of the message of @CTES is not signed."}},
    {"ACTE_FILE_NAME",
     {"Le fichier n'est pas nommé, ou pas par un simple nom de fichier donné une seule fois.",
      "The file has no name, or not one plain file name that stands once."}},
    {"ACTE_FILE_DUPLICATE",
     {"Deux fichiers du message @CTES portent le même nom.",
      "Two files of the message of @CTES have the same name."}},
    {"ACTE_FILE_TYPE",
     {"@CTES n'admet que des fichiers PDF, JPG, PNG et XML.",
      "@CTES takes PDF, JPG, PNG and XML files only."}},
    {"ACTE_FILE_TYPE_MISMATCH",
     {"Le contenu du fichier n'est pas du type que dit son nom.",
      "The file's content is not of the type that its name says."}},
    {"ACTE_FILE_NOT_GIVEN",
     {"Ce fichier du message @CTES n'a pas été fourni (--content) : il n'a pas été contrôlé.",
      "This file of the message of @CTES was not given (--content): it was not checked."}},
    {"ACTE_FILE_UNKNOWN",
     {"Le message @CTES ne nomme pas ce fichier.",
      "The message of @CTES does not name this file."}},
    {"ACTE_ANNEXES_COUNT",
     {"Annexes/@Nombre n'est pas le nombre d'annexes.",
      "Annexes/@Nombre is not the number of annexes."}},
    {"ACTE_ANOMALY",
     {"La préfecture signale une anomalie : l'acte n'est pas reçu.",
      "The préfecture reports an anomaly: the act is not received."}},
    {"SIGNATURE_MISPLACED",
     {"Une signature se trouve à un endroit que le format n'admet pas.",
      "A signature stands where the format does not admit one."}},
    {"TECHNICAL_SIGNATURE",
     {"La signature du fichier est technique (transmission) : elle n'atteste pas les bordereaux.",
      "The file's signature is technical (transmission): it does not attest the bordereaux."}},
    {"BUDGET_COUNT",
     {"Un acte budgétaire envoyé contient exactement un budget.",
      "A budget act that is sent holds exactly one budget."}},
    {"ID_POST_MISSING",
     {"IdPost (poste comptable) manque dans l'en-tête.",
      "IdPost (the accountant's office) is missing in the header."}},
    {"ID_COLL_MISSING",
     {"IdColl (SIRET de la collectivité) manque dans l'en-tête.",
      "IdColl (SIRET of the collectivité) is missing in the header."}},
    {"NAT_DEC_UNKNOWN",
     {"NatDec n'est ni 01 (primitif), ni 02 (décision modificative), ni 03 (supplémentaire), ni 09 "
      "(compte administratif), ni 10 (CFU).",
      "NatDec is none of 01 (primitive), 02 (modifying decision), 03 (supplementary), 09 "
      "(administrative account), 10 (CFU)."}},
    {"NOMENCLATURE_MALFORMED",
     {"Nomenclature n'a pas la forme M57-M57_A : l'instruction, puis son plan de comptes.",
      "Nomenclature has not the form M57-M57_A: the instruction, then its chart of accounts."}},
    {"NOMENCLATURE_WITHOUT_CFU",
     {"Le compte financier unique n'existe que pour les nomenclatures M57 et M4.",
      "The compte financier unique only exists for the nomenclatures M57 and M4."}},
    {"BUDGET_WITHOUT_LINES",
     {"Le budget n'a aucune ligne (LigneBudget).", "The budget has no line (LigneBudget)."}},
    {"BUDGET_LINE_TOTAL",
     {"La ligne n'est pas élémentaire : sa nature manque ou est un chapitre. Un acte ne porte "
      "aucun total.",
      "The line is not elementary: its nature is missing or is a chapter. An act carries no "
      "total."}},
    {"ANNEX_SUMMARY_MISSING",
     {"Les annexes n'ont pas de sommaire (DATA_SOMMAIRE).",
      "The annexes have no table of contents (DATA_SOMMAIRE)."}},
    {"ANNEX_SUMMARY_CONTRADICTORY",
     {"Le sommaire dit d'une même annexe qu'elle est présente et qu'elle ne l'est pas.",
      "The table of contents says of one annex that it is present and that it is not."}},
    {"ANNEX_MISSING",
     {"Le sommaire annonce des annexes et l'acte n'en contient aucune.",
      "The table of contents lists annexes and the act holds none."}},
    {"ANNEX_NOT_IN_SUMMARY",
     {"L'acte contient des annexes et son sommaire n'en annonce aucune.",
      "The act holds annexes and its table of contents lists none."}},
    {"SEAL_ABSENT",
     {"L'acte n'est pas scellé (Scellement).", "The act is not sealed (Scellement)."}},
    {"SEAL_HOLDS", {"Le scellement correspond au document.", "The seal agrees with the document."}},
    {"SEAL_HOLDS_WITHOUT_SIGNATURES",
     {"Le scellement correspond au document tel qu'il était avant d'être signé.",
      "The seal agrees with the document as it was before it was signed."}},
    {"SEAL_BROKEN",
     {"Le scellement ne correspond pas : le document a changé après avoir été scellé.",
      "The seal does not agree: the document changed after it was sealed."}},
};

}  // namespace

std::string_view NameOf(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "ERROR";
    case Severity::kWarning:
      return "WARNING";
    case Severity::kInfo:
      return "INFO";
  }
  return "ERROR";
}

std::string Describe(const Finding& finding, Lang lang) {
  std::string text = finding.rule;
  for (const RuleText& rule : kRules) {
    if (rule.rule == finding.rule) text = std::string(rule.text.In(lang));
  }
  if (!finding.value.empty()) AppendTo(text, " « ", finding.value, " »");
  if (!finding.detail.empty()) AppendTo(text, " [", finding.detail, "]");
  return text;
}

}  // namespace sceau::schemas
