// Messages of @CTES made for tests.
#pragma once

#include <string>
#include <vector>

namespace sceau::test {

struct ActeSpec {
  bool latin1 = true;
  std::string prefix = "actes";  // empty: the default namespace
  std::string number = "2025-017", date = "2025-03-14", nature = "1";
  std::string subject = "cision sur le prix de l'eau";  // behind "Dé"
  std::string document = "acte.pdf";
  std::vector<std::string> annexes;
  int annexes_stated = -1;  // -1: as many as there are
};

// <actes:Acte>
std::string MakeActe(const ActeSpec& spec = {});
// <actes:ARActe> for it.
std::string MakeReceipt(const ActeSpec& spec = {});
// <actes:AnomalieActe> for it.
std::string MakeAnomaly(const ActeSpec& spec = {}, const std::string& detail = "fichier illisible");
// <actes:EnveloppeCLMISILL> with one form.
std::string MakeEnvelope(const std::string& form = "acte.xml");

}  // namespace sceau::test
