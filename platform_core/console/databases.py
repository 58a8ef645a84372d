"""Shops' databases as their servers see them now: how much room they take, and who is connected."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from platform_core.console.site import console
from platform_core.fleet.watch.connections import shop_connections
from platform_core.fleet.watch.sizes import shop_sizes

# The largest and the fullest; `manage.py tenant_sizes` and `tenant_connections` have all.
MOST_SHOWN = 100


@require_safe
def databases(request: HttpRequest) -> HttpResponse:
    """Two statements to each server, and two to the platform, whatever the number of shops. A server that does not
    answer is named."""
    if not request.user.has_perm("platform_core.view_databaseserver"):
        raise PermissionDenied
    sizes, connections = shop_sizes(), shop_connections()
    of_shop = {each.tenant: each for each in connections.shops if each.tenant}
    largest = sizes.shops[:MOST_SHOWN]
    shown = {each.tenant for each in largest}
    busy = [each for each in connections.shops if each.tenant and each.tenant not in shown][:MOST_SHOWN]
    sizes_of = {each.tenant: each for each in sizes.shops}
    rows = [(each, of_shop.get(each.tenant)) for each in largest]
    rows += [(sizes_of[each.tenant], each) for each in busy if each.tenant in sizes_of]
    context = {
        **console.each_context(request),
        "title": "Databases",
        "rows": rows,
        "total_bytes": sizes.total_bytes,
        "count": len(sizes.shops),
        "servers": connections.servers,
        "unreachable": sizes.unreachable | connections.unreachable,
    }
    return TemplateResponse(request, "admin/console/databases.html", context)
