/* The classes of data sets that are known by their file's name.
 *
 * Source: Yang et al. 2023, "MedMNIST v2", Scientific Data 10:41, and the label lists that its authors publish with the
 * files. RetinaMNIST has grades, ChestMNIST several labels an image: neither is in the table. The lesions are our own
 * (lesion-phantom.h).
 */
#include "core/data/dataset-private.h"

#include <string.h>

enum { MOST_NAMES = 12 };

static const struct {
  const char *set;
  const char *names[MOST_NAMES];
} KNOWN[] = {
  { "pathmnist", { "adipose", "background", "debris", "lymphocytes", "mucus", "smooth muscle", "normal colon mucosa",
                   "cancer-associated stroma", "colorectal adenocarcinoma epithelium" } },
  { "dermamnist", { "actinic keratoses and intraepithelial carcinoma", "basal cell carcinoma",
                    "benign keratosis-like lesions", "dermatofibroma", "melanoma", "melanocytic nevi",
                    "vascular lesions" } },
  { "octmnist", { "choroidal neovascularization", "diabetic macular edema", "drusen", "normal" } },
  { "pneumoniamnist", { "normal", "pneumonia" } },
  { "breastmnist", { "malignant", "normal/benign" } },
  { "bloodmnist", { "basophil", "eosinophil", "erythroblast", "immature granulocytes", "lymphocyte", "monocyte",
                    "neutrophil", "platelet" } },
  { "tissuemnist", { "collecting duct, connecting tubule", "distal convoluted tubule", "glomerular endothelial cells",
                     "interstitial endothelial cells", "leukocytes", "podocytes", "proximal tubule segments",
                     "thick ascending limb" } },
  { "organamnist", { "bladder", "femur-left", "femur-right", "heart", "kidney-left", "kidney-right", "liver",
                     "lung-left", "lung-right", "pancreas", "spleen" } },
  { "organcmnist", { "bladder", "femur-left", "femur-right", "heart", "kidney-left", "kidney-right", "liver",
                     "lung-left", "lung-right", "pancreas", "spleen" } },
  { "organsmnist", { "bladder", "femur-left", "femur-right", "heart", "kidney-left", "kidney-right", "liver",
                     "lung-left", "lung-right", "pancreas", "spleen" } },
  { "organmnist3d", { "liver", "kidney-right", "kidney-left", "femur-right", "femur-left", "bladder", "heart",
                      "lung-right", "lung-left", "spleen", "pancreas" } },
  { "nodulemnist3d", { "benign", "malignant" } },
  { "adrenalmnist3d", { "normal", "hyperplasia" } },
  { "fracturemnist3d", { "buckle rib fracture", "nondisplaced rib fracture", "displaced rib fracture" } },
  { "vesselmnist3d", { "vessel", "aneurysm" } },
  { "synapsemnist3d", { "inhibitory synapse", "excitatory synapse" } },
  { "lesions", { "benign", "malignant" } },
};

const char *const *
_dub_dataset_known_classes (const char *name)
{
  for (size_t i = 0; i < G_N_ELEMENTS (KNOWN); i++) {
    size_t n = strlen (KNOWN[i].set);

    /* Larger images come as breastmnist_64, _128, _224. */
    if (g_ascii_strncasecmp (name, KNOWN[i].set, n) == 0 && (name[n] == '\0' || name[n] == '_'))
      return KNOWN[i].names;
  }

  return NULL;
}
