// The words of the generated files: invented places, suppliers, objects. No real person.
#pragma once

#include <string>
#include <string_view>

namespace sceau::gen {

inline constexpr std::string_view kPlaces[] = {
    "Sainte-Élodie",   "Île-aux-Pêcheurs", "Val-d'Orée",
    "Baie-des-Flûtes", "Pont-Évêché",      "Forêt-le-Maïs",
};

inline constexpr std::string_view kStreets[] = {
    "12 rue de l'Hôtel-de-Ville",  "3 allée des Flamboyants",     "48 chemin du Château-d'Eau",
    "7 bis impasse de la Rivière", "105 avenue de la République", "1 place du Marché-aux-Blés",
};

inline constexpr std::string_view kSuppliers[] = {
    "Fournitures du Lagon",         "Menuiserie des Flamboyants",
    "Électricité de l'Îlot",        "Bâtiment & Travaux Exemple",
    "Imprimerie de la Forêt",       "Librairie \"Au Maïs Doré\"",
    "Établissements Modèle et Cie", "Société d'Études Géotechniques Type",
    "Régie des Eaux Témoin",        "Nettoyage Côte Bleutée",
};

// Account by nature, function, what is bought or sold.
struct Imputation {
  std::string_view nature;
  std::string_view fonction;
  std::string_view object;
};

inline constexpr Imputation kFonctionnement[] = {
    {"60632", "020", "Petit équipement des écoles élémentaires"},
    {"60612", "020", "Électricité des bâtiments communaux"},
    {"6135", "311", "Location de matériel scénique (fête de l'été)"},
    {"61521", "823", "Entretien des espaces verts, côté rivière"},
    {"6182", "321", "Abonnements de la médiathèque"},
    {"6236", "023", "Bulletin municipal n° 3 : reliure et façonnage"},
};

inline constexpr Imputation kInvestissement[] = {
    {"2188", "212", "Mobilier de l'école maternelle"},
    {"21318", "411", "Réfection de la toiture du gymnase"},
    {"2151", "822", "Réseau de voirie : carrefour à feux"},
};

inline constexpr Imputation kRecettes[] = {
    {"7067", "251", "Restauration scolaire, élèves du 1er degré"},
    {"70632", "421", "Séjours d'été du centre aéré"},
    {"752", "71", "Loyer du logement situé près du château d'eau"},
    {"70323", "020", "Redevance d'occupation : étal de marché"},
};

// Kinds of supporting document, by domain; the file name needs its extension.
struct Document {
  std::string_view file_name;
  std::string_view description;
};

inline constexpr Document kDepenseDocuments[] = {
    {"Facture", "Facture du fournisseur, service fait certifié"},
    {"Bon_de_commande", "Bon de commande signé et notifié"},
    {"État_liquidatif", "État liquidatif de la dépense"},
    {"PV_de_réception", "Procès-verbal de réception des travaux"},
};

inline constexpr Document kRecetteDocuments[] = {
    {"Délibération", "Délibération fixant les tarifs"},
    {"Convention", "Convention d'occupation du domaine"},
    {"État_de_facturation", "État de facturation détaillé par usager"},
};

// Latin-1 only, without two hyphens: comments and processing instructions cannot hold references.
inline constexpr std::string_view kComments[] = {
    " édité par le progiciel de gestion financière ",
    "contrôlé le 1er août : à compléter, <Bordereau> & <Piece> vérifiés",
    "",
    " ]]> &amp; \"guillemets\" 'apostrophes' ",
    " ligne 1 : début\n   ligne 2 : où l'on reprend à zéro\n",
};

inline constexpr std::string_view kInstructions[] = {
    "editeur version=\"7.2\" état=\"validé\"",
    "progiciel",
    "mise-en-page saut='forcé' \n  marge='2'",
};

// Objects that need references or characters outside ISO-8859-1; no line break (the schema's texts
// refuse them).
inline constexpr std::string_view kOddObjects[] = {
    "Lot n° 2 \"gros œuvre\" : 50 % de l'avance & retenue < 5 % > solde",
    "Câble 3×2,5 mm² – 12 € l'unité, réf. 'À-É-Ï-Õ-Ü' \U0001F4C4",
    "\u00A0Été\u00A0: «\u00A0fête de l'eau\u00A0»\tà\tl'île ",
    "&amp; déjà échappé &lt;une fois&gt; &#233;",
};

// The first `count` characters of a UTF-8 text.
inline std::string Clip(std::string_view text, size_t count) {
  size_t at = 0;
  for (; at < text.size(); ++at) {
    const bool starts = (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
    if (starts && count-- == 0) break;
  }
  return std::string(text.substr(0, at));
}

}  // namespace sceau::gen
