#include "tools/gen/tiers.h"

#include <string>

#include "absl/strings/str_format.h"
#include "base/strings.h"
#include "tools/gen/field_data.h"
#include "tools/gen/identifiers.h"

namespace sceau::gen {
namespace {

// CatTiers and NatJur go together: 01/01 a person, 60/03 a company.
struct Tiers {
  bool person = false;
  std::string name;
  uint64_t reference = 0;
};

Tiers MakeTiers(Domain domain, Random& words) {
  Tiers out;
  out.reference = 1 + words.Below(9'000);
  out.person = words.OneIn(domain == Domain::kDepense ? 8 : 2);
  if (out.person) {
    out.name = absl::StrFormat("USAGER %04d", out.reference);
  } else if (words.OneIn(2)) {
    out.name = Concat("SARL Exemple ", out.reference);
  } else {
    out.name = words.Pick(kSuppliers);
  }
  return out;
}

void WriteInfoTiers(Domain domain, const Tiers& tiers, Random& words, XmlWriter& xml) {
  xml.Open("InfoTiers");
  if (!tiers.person) {
    xml.Value("IdTiers", MakeSiret(words, "000"));
    xml.Value("NatIdTiers", "01");
  }
  xml.Value("RefTiers", Concat("T", tiers.reference));
  xml.Value("CatTiers", tiers.person ? "01" : "60");
  xml.Value("NatJur", tiers.person ? "01" : "03");
  if (domain == Domain::kRecette) xml.Value("TypTiers", "01");
  if (tiers.person) xml.Value("Civilite", words.OneIn(2) ? "MME" : "M");
  xml.Value("Nom", Clip(tiers.name, 38));
  if (tiers.person) xml.Value("Prenom", "Prénom non communiqué");
  xml.Close();
}

void WriteAdresse(Random& words, XmlWriter& xml) {
  xml.Open("Adresse");
  xml.Value("TypAdr", "1");
  if (words.OneIn(4)) xml.Value("Adr1", "Bâtiment B, 2e étage");
  xml.Value("Adr2", words.Pick(kStreets));
  xml.Value("CP", absl::StrFormat("99%03d", words.Below(1000)));
  xml.Value("Ville", words.Pick(kPlaces));
  xml.LooseValue("CodRes", "0");
  xml.Close();
}

void WriteCpteBancaire(const Tiers& tiers, Random& words, XmlWriter& xml) {
  const BankAccount account = MakeBankAccount(words);
  xml.Open("CpteBancaire");
  if (words.OneIn(5)) {
    xml.Value("CodeEtab", account.bank);
    xml.Value("CodeGuic", account.branch);
    xml.Value("IdCpte", account.number);
    xml.Value("CleRib", account.key);
  } else {
    xml.Value("BIC", "EXPLFRPPXXX");
    xml.Value("IBAN", account.iban);
  }
  xml.Value("LibBanc", "Banque de l'Océan");
  xml.Value("TitCpte", Clip(tiers.name, 32));
  xml.Close();
}

}  // namespace

void WriteTiers(Domain domain, Random& words, XmlWriter& xml) {
  const Tiers tiers = MakeTiers(domain, words);
  xml.Open("Tiers");
  WriteInfoTiers(domain, tiers, words, xml);
  WriteAdresse(words, xml);
  // A mandat is paid by transfer, which needs the account.
  if (domain == Domain::kDepense) WriteCpteBancaire(tiers, words, xml);
  xml.Close();
}

}  // namespace sceau::gen
