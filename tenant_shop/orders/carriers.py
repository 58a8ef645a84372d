"""Who carries parcels, and where theirs are followed."""

from urllib.parse import quote

# What a carrier is called, and the address of its page for a parcel.
CARRIERS = {
    "Aramex": "https://www.aramex.com/track/results?ShipmentNumber={number}",
    "Colissimo": "https://www.laposte.fr/outils/suivre-vos-envois?code={number}",
    "DHL": "https://www.dhl.com/en/express/tracking.html?AWB={number}",
    "DHL Paket": "https://www.dhl.de/de/privatkunden/pakete-empfangen/verfolgen.html?piececode={number}",
    "DPD": "https://tracking.dpd.de/status/en_US/parcel/{number}",
    "FedEx": "https://www.fedex.com/fedextrack/?trknbr={number}",
    "GLS": "https://gls-group.eu/EU/en/parcel-tracking?match={number}",
    "Japan Post": "https://trackings.post.japanpost.jp/services/srv/search/direct?reqCodeNo1={number}&locale=en",
    "Royal Mail": "https://www.royalmail.com/track-your-item#/tracking-results/{number}",
    "Sagawa": "https://k2k.sagawa-exp.co.jp/p/web/okurijosearch.do?okurijoNo={number}",
    "UPS": "https://www.ups.com/track?tracknum={number}",
    "USPS": "https://tools.usps.com/go/TrackConfirmAction?tLabels={number}",
    "Yamato": "https://jizen.kuronekoyamato.co.jp/jizen/servlet/crjz.b.NQ0010?id={number}",
}
_BY_NAME = {name.casefold(): address for name, address in CARRIERS.items()}


def tracking_link(carrier: str, number: str) -> str:
    """The page where a parcel is followed; "" for a carrier that is not known, or without a number."""
    address = _BY_NAME.get(carrier.strip().casefold(), "")
    return address.format(number=quote(number, safe="")) if address and number else ""
