"""Codes of products, not of persons."""

from habeas.boundary.detector import Detector, Names
from habeas.boundary.draw import Category
from habeas.terms import Text

DETECTOR = Detector(
    id="product_code",
    label=Text(en="product code", zh="产品代码"),
    category=Category.UNDECIDED,
    names=Names(
        en="product|product code|product id|sku|product name|product type|item|item code|"
        "item name|channel|channel code|version|app version|currency",
        zh="产品代码|产品编号|产品名称|产品|渠道|商品|版本|币种",
    ),
    families=frozenset({"int", "string"}),
)
